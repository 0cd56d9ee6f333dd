import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BrandingService } from '../branding/branding.ts'
import { type MailBrand, platformMailBrand } from '../branding/mail-brand.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { JobContext } from '../jobs/job.ts'
import type { OutboundService } from '../outbound/outbound.ts'
import { problems } from '../problems/catalogue.ts'
import type { SecretBox } from '../secrets/secret-box.ts'
import type { SettingService } from '../settings/settings.ts'
import { type MailContent, renderMail } from './mail-content.ts'
import type { MailTransport, OutgoingMail } from './mail-transport.ts'
import { storeSealed } from './sealed-mail.ts'
import {
  findTenantSmtp,
  noteFailure,
  noteSuccess,
  SmtpFailure,
  type SmtpFailureCode,
  sendByTenantSmtp,
  smtpHealthOf,
} from './tenant-smtp.ts'
import { UnreachableMail } from './unreachable-mail.ts'

export interface MailService {
  /**
   * Sends a mail in the brand of the job's tenant. Only a job can: no transaction waits for a mail server, and what was not
   * taken is sent again with the job. All attempts carry one Message-ID, so that a second copy can be told.
   *
   * @throws what the transport threw; let the job fail with it
   * @example
   * export const welcome = job({ name: 'crm.welcome', handle: async (context) => {
   *   const { email } = await findContact(context.scope, context.ref)
   *   await context.services.mail.send(context, email, { subject: 'Welcome', paragraphs: ['Good to have you.'] })
   * } })
   */
  send(job: Pick<JobContext, 'scope' | 'signal'>, to: string, content: MailContent): Promise<void>

  /**
   * Sends a mail that holds a link, in the tenant's brand: it waits sealed in the tenant's rows for its job. Given a transaction's
   * scope, it is sent if and only if that commits.
   *
   * @throws not_configured without a master key
   * @example
   * await scope.transaction(async (inner) => {
   *   await insertInvitation(inner, invitation)
   *   await services.mail.sendSealed(inner, invitation.email, { subject: 'Join us', paragraphs: ['…'], action })
   * })
   */
  sendSealed(scope: TenantScope, to: string, content: MailContent): Promise<void>

  /**
   * Sends a mail that is no tenant's, in the platform's own brand. Nobody waits for it: it is tried a few times in this process,
   * and whoever does not get it can ask again.
   */
  sendAtOnce(to: string, content: MailContent): void

  /**
   * Sends a test mail by the tenant's own mail server and by no other. Answers `delivered`, or why it was not taken.
   *
   * @throws conflict while none is set
   */
  test(scope: TenantScope, to: string): Promise<'delivered' | SmtpFailureCode>

  /** Mails to addresses below `.invalid`: they go nowhere else. */
  readonly unreachable: UnreachableMail
}

declare module '../http/route.ts' {
  interface Services {
    readonly mail: MailService
  }
}

export interface MailServiceOptions {
  readonly transport: MailTransport
  /** Sender's address: the platform's own, whose domain vouches for it. The name is the tenant's. */
  readonly from: string
  /** Seals what waits. */
  readonly secrets: SecretBox
  /** What tenants set of mail servers of their own. */
  readonly settings: SettingService
  readonly outbound: OutboundService
  readonly branding: Pick<BrandingService, 'forMail'>
  /** Told of mails at whose last attempt nobody took them. Never told to whom they were. */
  readonly onFailure?: (error: unknown) => void
}

function requireOneAddress(to: string): void {
  if (!/^[^\s,;<>"@]+@[^\s,;<>"@]+$/.test(to)) throw new TypeError('A mail goes to one address.')
}

const logoId = 'logo'
/** Milliseconds before the second, third … attempt of a mail that no job carries. */
const pauses = [1_000, 5_000, 30_000]

export function createMailService(options: MailServiceOptions): MailService {
  const { transport, from, secrets, settings, outbound, branding, onFailure = () => undefined } = options
  const letter = (id: string, sender: string, to: string, content: MailContent, brand: MailBrand): OutgoingMail => {
    requireOneAddress(to)
    return {
      messageId: `<${id}@${sender.slice(sender.lastIndexOf('@') + 1)}>`,
      from: { name: brand.senderName, address: sender },
      to,
      replyTo: brand.supportEmail,
      ...renderMail(content, brand, brand.logo === undefined ? undefined : `cid:${logoId}`),
      ...(brand.logo !== undefined && { attachments: [{ cid: logoId, filename: 'logo.png', content: brand.logo }] }),
    }
  }
  const deliver = async (id: string, to: string, content: MailContent, brand: MailBrand): Promise<void> =>
    transport(letter(id, from, to, content, brand))
  /** Whether the tenant's own server took it. One that does not work holds no mail up: the platform's sends it, and the tenant is told. */
  const deliverByOwn = async (
    scope: TenantScope,
    id: string,
    to: string,
    content: MailContent,
    brand: MailBrand,
  ): Promise<boolean> => {
    const smtp = await findTenantSmtp(scope, settings)
    if (smtp === undefined) return false
    const health = await smtpHealthOf(scope)
    if (health?.rests) return false
    try {
      await sendByTenantSmtp(smtp, outbound, letter(id, smtp.from, to, content, brand))
    } catch (error) {
      // Nobody else would be asked about a person whom his own mail server does not know.
      if (!(error instanceof SmtpFailure) || error.code === 'recipient_refused') throw error
      await noteFailure(scope, error.code)
      return false
    }
    if (health !== undefined) await noteSuccess(scope)
    return true
  }
  const deliverAtLast = async (id: string, to: string, content: MailContent): Promise<void> => {
    for (const pause of pauses) {
      const taken = await deliver(id, to, content, platformMailBrand).then(
        () => true,
        () => false,
      )
      if (taken) return
      await sleep(pause, undefined, { ref: false })
    }
    await deliver(id, to, content, platformMailBrand)
  }
  const unreachable = new UnreachableMail()
  return {
    unreachable,

    async send({ scope, signal }, to, content) {
      const { actor } = scope.context
      if (actor.kind !== 'system') throw new TypeError('Only a job sends mail.')
      if (unreachable.keep(to, content)) return
      requireOneAddress(to)
      const brand = await branding.forMail(scope)
      signal.throwIfAborted()
      if (await deliverByOwn(scope, actor.id, to, content, brand)) return
      await deliver(actor.id, to, content, brand)
    },

    async test(scope, to) {
      const smtp = await findTenantSmtp(scope, settings)
      if (smtp === undefined) throw problems.conflict('Set mail.smtp.host and mail.smtp.from first.')
      const content = { subject: 'Test of your mail server', paragraphs: ['Your mail leaves by your own mail server.'] }
      if (unreachable.keep(to, content)) return 'delivered'
      try {
        await sendByTenantSmtp(smtp, outbound, letter(randomUUID(), smtp.from, to, content, await branding.forMail(scope)))
      } catch (error) {
        if (error instanceof SmtpFailure) return error.code
        throw error
      }
      await noteSuccess(scope)
      return 'delivered'
    },

    async sendSealed(scope, to, content) {
      if (!unreachable.keep(to, content)) await storeSealed(scope, secrets, to, content)
    },

    sendAtOnce(to, content) {
      if (!unreachable.keep(to, content)) deliverAtLast(randomUUID(), to, content).catch(onFailure)
    },
  }
}
