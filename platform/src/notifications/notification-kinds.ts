import { z } from 'zod'
import type { PlatformPermission } from '../access/platform-permissions.ts'
import type { Role } from '../access/principal.ts'
import { noticeGiven } from './notice.ts'

/** Something that people of a tenant are told of, whatever event says it. */
export interface NotificationKind {
  readonly name: string
  /** For people who choose what they want to be told. */
  readonly title: string
  /** Types of events. */
  readonly events: readonly string[]
  /** The lowest role that is told. */
  readonly least: Role
  /** Who has a role of the tenant's own is told if that has this. */
  readonly permission: PlatformPermission
  /** Whether it is sent by mail to who has not said otherwise; the console shows all of them. */
  readonly mail: boolean
  readonly say: (event: { readonly type: string; readonly data: Readonly<Record<string, unknown>> }) => Sentence
}

/** What a person reads. */
export interface Sentence {
  readonly title: string
  readonly text: string
}

/** An event's data is data like any other: what is missing or odd is left out of the sentence. */
const Quota = z.object({
  meter: z.string().catch('a limit'),
  max: z.number().nullable().catch(null),
  used: z.number().catch(0),
  threshold: z.number().optional().catch(undefined),
})
const Health = z.object({ codes: z.array(z.string()).catch([]) })
const Suspicion = z.object({
  kind: z.string().catch(''),
  count: z.number().optional().catch(undefined),
  network: z.string().optional().catch(undefined),
})
const Invoice = z.object({ number: z.string().catch('') })
const Trial = z.object({ days: z.number().catch(1), endsAt: z.string().catch('') })
const Notice = z.object({ subject: z.string().catch('A notice'), message: z.string().catch('') })
const Failure = z.object({ code: z.string().catch('unknown'), because: z.string().optional().catch(undefined) })

const suspicions: Readonly<Record<string, (told: z.output<typeof Suspicion>) => string>> = {
  failed_sign_ins: ({ count = 0 }) => `${count} sign-ins of members failed within 15 minutes.`,
  new_network: ({ network = 'another' }) => `An API key was used from a network that it was never used from before: ${network}.`,
  refused_tenants: ({ count = 0 }) => `Credentials of yours were tried on another tenant ${count} times within 15 minutes.`,
  exports: ({ count = 0 }) => `${count} exports were begun by one member or key within 15 minutes.`,
}

export const notificationKinds: readonly NotificationKind[] = [
  {
    name: 'quota',
    title: 'A limit is nearly or wholly used up',
    events: ['quota.threshold_reached', 'quota.exceeded'],
    least: 'manager',
    permission: 'usage:read',
    mail: true,
    say: ({ type, data }) => {
      const { meter, max, used, threshold } = Quota.parse(data)
      const title = type === 'quota.exceeded' ? `The limit of ${meter} is exceeded` : `${threshold ?? 80} % of ${meter} are used`
      return { title, text: `${used} of ${max ?? 'unlimited'} are used.` }
    },
  },
  {
    name: 'health',
    title: 'The health of the tenant is critical',
    events: ['health.critical'],
    least: 'admin',
    permission: 'usage:read',
    mail: true,
    say: ({ data }) => ({
      title: 'The health of your tenant is critical',
      text: `Why: ${Health.parse(data).codes.join(', ') || 'unknown'}.`,
    }),
  },
  {
    name: 'suspicious',
    title: 'Something suspicious happened',
    events: ['security.suspicious', 'platform.session.replayed'],
    least: 'admin',
    permission: 'audit:read',
    mail: true,
    say: ({ type, data }) => {
      const title = 'Suspicious activity'
      if (type === 'platform.session.replayed') return { title, text: 'A refresh token was used twice; its sessions were ended.' }
      const told = Suspicion.parse(data)
      return { title, text: suspicions[told.kind]?.(told) ?? 'See the audit log.' }
    },
  },
  {
    name: 'payment_failed',
    title: 'A payment failed',
    events: ['invoice.failed'],
    least: 'admin',
    permission: 'billing:read',
    mail: true,
    say: ({ data }) => ({ title: 'A payment failed', text: `Invoice ${Invoice.parse(data).number} could not be collected.` }),
  },
  {
    name: 'trial_ending',
    title: 'The trial ends soon',
    events: ['subscription.trial_ending'],
    least: 'admin',
    permission: 'billing:read',
    mail: true,
    say: ({ data }) => {
      const { days, endsAt } = Trial.parse(data)
      return { title: `Your trial ends in ${days === 1 ? 'a day' : `${days} days`}`, text: `Choose a plan before ${endsAt}.` }
    },
  },
  {
    name: 'past_due',
    title: 'The subscription is past due',
    events: ['subscription.past_due'],
    least: 'admin',
    permission: 'billing:read',
    mail: true,
    say: () => ({ title: 'Your subscription is past due', text: 'An invoice is overdue. Pay it to keep what your plan gives.' }),
  },
  {
    name: 'cancelled',
    title: 'The subscription has ended',
    events: ['subscription.canceled', 'subscription.expired'],
    least: 'admin',
    permission: 'billing:read',
    mail: true,
    say: ({ type }) => ({
      title: type === 'subscription.expired' ? 'Your trial has ended' : 'Your subscription was cancelled',
      text: 'Choose a plan to go on.',
    }),
  },
  {
    name: 'delivery_failing',
    title: 'A webhook or the own mail server fails',
    events: ['webhook.endpoint.disabled', 'mail.smtp_failed'],
    least: 'admin',
    permission: 'webhooks:read',
    mail: true,
    say: ({ type, data }) => {
      const { code, because = code } = Failure.parse(data)
      return type === 'mail.smtp_failed'
        ? { title: 'Your mail server fails', text: `Your mail leaves by the platform's server meanwhile. Why: ${code}.` }
        : { title: 'A webhook was disabled', text: `It is sent nothing until you set it to active. Why: ${because}.` }
    },
  },
  {
    name: 'notice',
    title: 'Those who run the platform have something to say',
    events: [noticeGiven],
    least: 'admin',
    permission: 'audit:read',
    mail: true,
    say: ({ data }) => {
      const { subject, message } = Notice.parse(data)
      return { title: subject, text: message }
    },
  },
]

const byEvent = new Map(notificationKinds.flatMap((kind) => kind.events.map((type) => [type, kind] as const)))

export function kindOfEvent(type: string): NotificationKind | undefined {
  return byEvent.get(type)
}

export function kindNamed(name: string): NotificationKind | undefined {
  return notificationKinds.find((kind) => kind.name === name)
}
