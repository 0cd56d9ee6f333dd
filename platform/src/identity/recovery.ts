import type { MailContent } from '../mail/mail-content.ts'
import { problems } from '../problems/catalogue.ts'
import { canonicalAddress } from './address.ts'
import { countAttempt, type Network } from './attempts.ts'
import type { Door, Person } from './identity.ts'
import { findPersonByEmail } from './persons.ts'
import { makeProof } from './proofs.ts'
import type { RealmScope } from './realm-scope.ts'

/** What a link is for. Its token is in the fragment: browsers send that to nobody, and no log has it. */
const links = {
  reset: {
    page: 'reset-password',
    minutes: 60,
    subject: 'Choose a new password',
    paragraphs: [
      'Somebody, most likely you, asked for a new password.',
      'The link works once, for one hour. If it was not you, nothing has changed: leave it alone.',
    ],
    label: 'Choose a new password',
  },
  verify: {
    page: 'verify-email',
    minutes: 24 * 60,
    subject: 'Confirm your mail address',
    paragraphs: ['Please confirm that this address is yours. The link works once, for one day.'],
    label: 'Confirm the address',
  },
} as const

type LinkKind = keyof typeof links

export const linkInvalid = () => problems.link_invalid('This link was used, is over, or was never one. Ask for a new one.')

/** Whether mails may be asked for from there, and about whom. Said before it is known whether there is anybody. @throws rate_limited */
export async function countMail(realm: RealmScope, kind: LinkKind, email: string, { bucket, most }: Network): Promise<string> {
  const known = canonicalAddress(email)
  await countAttempt(realm, [
    { subject: ['mail', kind, known, bucket], most: 5 },
    { subject: ['mail', bucket], most: 3 * most },
  ])
  return known
}

/** The mail for the person, or undefined where there is nobody to get one, or nobody who may get one there. */
export async function linkFor(
  realm: RealmScope,
  kind: LinkKind,
  email: string,
  { host, origin }: Door,
  mayGetOne: (person: Person) => Promise<boolean>,
): Promise<{ readonly person: Person; readonly content: MailContent } | undefined> {
  const person = await findPersonByEmail(realm, email)
  if (person === undefined || (kind === 'verify' && person.emailVerified) || !(await mayGetOne(person))) return undefined
  const { page, minutes, subject, paragraphs, label } = links[kind]
  const token = await makeProof(realm, { kind, userId: person.id, host, minutes })
  return { person, content: { subject, paragraphs, action: { label, url: `${origin}/${page}#token=${token}` } } }
}
