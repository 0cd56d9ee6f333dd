import { isIP } from 'node:net'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { OutboundService } from '../outbound/outbound.ts'
import { OutboundFailure } from '../outbound/outbound-failure.ts'
import type { SettingService } from '../settings/settings.ts'
import { type OutgoingMail, smtpTransport } from './mail-transport.ts'
import { smtpSettings } from './smtp-settings.ts'

/** A tenant's own mail server, as it is set. */
export interface TenantSmtp {
  readonly host: string
  readonly port: number
  readonly encryption: 'tls' | 'starttls' | 'none'
  readonly user: string | null
  readonly password: string | null
  readonly from: string
}

/** Why a tenant's mail server did not take a mail: stored and shown, so it says no more than could be seen from outside. */
export type SmtpFailureCode = OutboundFailure['code'] | 'sign_in_refused' | 'refused' | 'recipient_refused'

export class SmtpFailure extends Error {
  override readonly name = 'SmtpFailure'
  readonly code: SmtpFailureCode

  constructor(code: SmtpFailureCode, options?: ErrorOptions) {
    super(`The tenant's mail server did not take a mail: ${code}.`, options)
    this.code = code
  }
}

/** Undefined until both the server and the sender's address are set. */
export async function findTenantSmtp(scope: TenantScope, settings: SettingService): Promise<TenantSmtp | undefined> {
  const { host: ofHost, port: ofPort, encryption: ofEncryption, user: ofUser, from: ofFrom, password: ofPassword } = smtpSettings
  const [host, port, encryption, user, from] = await settings.getAll(scope, [ofHost, ofPort, ofEncryption, ofUser, ofFrom])
  if (host === null || from === null) return undefined
  const password = user === null ? null : await settings.openSecret(scope, ofPassword)
  return { host, port: port ?? 587, encryption: encryption ?? 'starttls', user, password, from }
}

/**
 * Hands a mail to a tenant's own server, where the rules for outgoing connections let it: encrypted, at a public address, or where
 * an operator allowed it.
 *
 * @throws SmtpFailure
 */
export async function sendByTenantSmtp(smtp: TenantSmtp, outbound: OutboundService, mail: OutgoingMail): Promise<void> {
  const { host, port, encryption, user, password } = smtp
  try {
    const { addresses, authorities } = await outbound.placesOf(host, { encrypted: encryption !== 'none' })
    const transport = smtpTransport({
      // The judged address, and not the name: that may lead elsewhere by now.
      host: addresses[0] ?? '',
      port,
      secure: encryption === 'tls',
      requireTLS: encryption === 'starttls',
      ignoreTLS: encryption === 'none',
      tls: { ...(isIP(host) === 0 ? { servername: host } : {}), ...(authorities === undefined ? {} : { ca: [...authorities] }) },
      ...(user === null ? {} : { auth: { user, pass: password ?? '' } }),
    })
    await transport(mail)
  } catch (error) {
    throw new SmtpFailure(codeOf(error), { cause: error })
  }
}

const codes: Readonly<Record<string, SmtpFailureCode>> = {
  EAUTH: 'sign_in_refused',
  ENOAUTH: 'sign_in_refused',
  ETLS: 'tls_failed',
  ETIMEDOUT: 'timed_out',
  EENVELOPE: 'refused',
  EMESSAGE: 'refused',
  EPROTOCOL: 'refused',
}

function codeOf(error: unknown): SmtpFailureCode {
  if (error instanceof OutboundFailure) return error.code
  const { code = '', command, message = '' } = error as { code?: string; command?: string; message?: string }
  if (code === 'EENVELOPE' && command === 'RCPT TO') return 'recipient_refused'
  // The client's library calls a certificate that is not trusted a broken socket, and keeps its reason in the message alone.
  if (code === 'ESOCKET' && /certificate|altnames|ssl|tls/i.test(message)) return 'tls_failed'
  return codes[code] ?? 'unreachable'
}

/** Seconds that a server which failed is left alone: each mail would wait for it first. */
const rest = 600

export interface SmtpHealth {
  /** It is left alone at the moment. */
  readonly rests: boolean
}

/** Undefined while it works. */
export function smtpHealthOf(scope: TenantScope): Promise<SmtpHealth | undefined> {
  return scope.first(sql<SmtpHealth>`select retry_at > tenantry.clock() as rests from tenantry.smtp_health`)
}

/** Tells the tenant, once until it works again: `mail.smtp_failed`. */
export async function noteFailure(scope: TenantScope, code: SmtpFailureCode): Promise<void> {
  await scope.run(
    sql`with failed as (
        insert into tenantry.smtp_health as h (retry_at, last_code) values (tenantry.clock() + make_interval(secs => ${rest}), ${code})
        on conflict (tenant_id, single) do update set retry_at = excluded.retry_at, last_code = excluded.last_code
        returning h.tenant_id, h.last_code, h.xmax = 0 as is_first)
      select case when is_first then tenantry.emit('mail.smtp_failed', tenant_id, jsonb_build_object('code', last_code)) end from failed`,
    { lane: 'write' },
  )
}

export async function noteSuccess(scope: TenantScope): Promise<void> {
  await scope.run(sql`delete from tenantry.smtp_health where single`)
}
