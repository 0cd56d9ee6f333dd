import { z } from 'zod'
import { OutboundFailure } from '../outbound/outbound-failure.ts'
import { problems } from '../problems/catalogue.ts'
import { setting } from '../settings/setting.ts'

const ofMail = { category: 'mail', write: 'settings:secure' } as const

const Host = z
  .string()
  .max(253)
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$|^[0-9a-fA-F:]+$/,
    'Must be a host name or an address, such as mail.example.com.',
  )

/** A tenant's own mail server: its mail leaves by it from the moment that `mail.smtp.host` is set. */
export const smtpSettings = {
  host: setting({
    ...ofMail,
    key: 'mail.smtp.host',
    title: 'Mail server; without one mail leaves by the platform’s',
    schema: Host,
    default: null,
    check: async (host, { outbound }) => {
      try {
        // Whether it may go unencrypted is judged with each mail: that is another setting.
        await outbound.placesOf(host, { encrypted: true })
      } catch (error) {
        if (!(error instanceof OutboundFailure)) throw error
        if (error.code === 'address_refused') throw problems.address_refused(error.message)
        // A name that has no address yet: mails will tell.
      }
    },
  }),
  port: setting({
    ...ofMail,
    key: 'mail.smtp.port',
    title: 'Port of the mail server',
    schema: z.int().min(1).max(65_535),
    default: 587,
  }),
  encryption: setting<'tls' | 'starttls' | 'none'>({
    ...ofMail,
    key: 'mail.smtp.encryption',
    title: 'tls from the start, starttls, or none where the platform allows that',
    schema: z.enum(['tls', 'starttls', 'none']),
    default: 'starttls',
  }),
  user: setting({
    ...ofMail,
    key: 'mail.smtp.user',
    title: 'User at the mail server; without one nobody signs in there',
    schema: z.string().min(1).max(320),
    default: null,
  }),
  password: setting({
    ...ofMail,
    key: 'mail.smtp.password',
    title: 'Password at the mail server',
    schema: z.string().min(1).max(1_024),
    default: null,
    secret: true,
  }),
  from: setting({
    ...ofMail,
    key: 'mail.smtp.from',
    title: 'Sender’s address; the mail server has to vouch for it',
    schema: z.email().max(254),
    default: null,
  }),
} as const
