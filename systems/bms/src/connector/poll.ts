import {
  formatInstant,
  OutboundFailure,
  Problem,
  recurring,
  SecretUnreadable,
  type Services,
  type TenantScope,
  writePoints,
} from 'tenantry'
import { bmsPoints } from '../point-store.ts'
import { secondsUntilNext } from './back-off.ts'
import { type ConnectorRow, findConnector, noteEnd, pollKind, secretPlace } from './connector-queries.ts'
import { ConnectorFields } from './fields.ts'
import { readControllerAnswer } from './read-controller-answer.ts'

/** What came of one poll. */
export interface PollResult {
  /** `ok`, or why there were no points. */
  readonly code: string
  readonly points: number
  readonly refused: number
}

/** Every controller of every tenant, each when it is due. */
export const pollControllers = recurring({
  name: pollKind,
  handle: async ({ scope, ref, services, signal }) => {
    const connector = await findConnector(scope, ref)
    if (connector === undefined || connector.paused) return null
    const { nextSeconds } = await poll(scope, services, connector, signal)
    return nextSeconds
  },
})

/** Asks a controller for what is new and stores it. What goes wrong with it is a result; what goes wrong with us is thrown. */
export async function poll(
  scope: TenantScope,
  services: Services,
  connector: ConnectorRow,
  signal: AbortSignal,
): Promise<PollResult & { readonly nextSeconds: number }> {
  const outcome = await fetchPoints(scope, services, connector, signal).catch((error: unknown) => {
    signal.throwIfAborted()
    return { code: codeOf(error), points: 0, refused: 0, readUntil: null }
  })
  const failures = outcome.code === 'ok' ? 0 : connector.failures + 1
  const nextSeconds = secondsUntilNext(connector.pollSeconds, failures)
  await noteEnd(scope, connector, { ...outcome, failures, nextSeconds })
  return { ...outcome, nextSeconds }
}

const mostBytes = 4 * 1_048_576
/** Microseconds that are asked for again, because sensors of a building do not report in step. What comes twice counts once. */
const overlap = 600_000_000
/** What a new connector asks for. */
const day = 86_400_000_000

async function fetchPoints(scope: TenantScope, services: Services, connector: ConnectorRow, signal: AbortSignal) {
  const { buildingId, now } = connector
  const url = new URL(connector.url)
  const since = connector.readUntil === null ? now - day : Date.parse(connector.readUntil) * 1_000 - overlap
  url.searchParams.set('since', formatInstant(Math.max(0, since)))
  const headers = { accept: 'application/json', ...(await credentialOf(scope, services, connector)) }
  const request = { tenantId: scope.context.tenantId, url: url.href, headers, mostBytes, signal }
  const { status, body } = await services.outbound.request(request)
  if (status === 401 || status === 403) return failed('refused')
  if (status < 200 || status > 299) return failed('answered_error')
  const answer = readControllerAnswer(body, ConnectorFields.parse(connector.fields), now)
  if (answer === undefined) return failed('unreadable')
  await writePoints(scope, services.points.open(bmsPoints), buildingId, answer.points)
  // A controller whose clock is ahead must not make us ask for the future.
  const newest = answer.points.reduce((latest, { time }) => Math.max(latest, Math.min(time, now)), 0)
  return {
    code: 'ok',
    points: answer.points.length,
    refused: answer.refused,
    readUntil: newest === 0 ? null : formatInstant(newest),
  }
}

async function credentialOf(
  scope: TenantScope,
  services: Services,
  { buildingId, secret: sealed, secretHeader }: ConnectorRow,
): Promise<Record<string, string>> {
  if (sealed === null) return {}
  const secret = (await services.secrets.openForTenant(scope, secretPlace(buildingId), sealed)).toString()
  return { [secretHeader]: secretHeader === 'authorization' ? `Bearer ${secret}` : secret }
}

function failed(code: string) {
  return { code, points: 0, refused: 0, readUntil: null }
}

/** What a tenant may know, or may mend. */
function codeOf(error: unknown): string {
  if (error instanceof OutboundFailure) return error.code
  if (error instanceof SecretUnreadable) return 'secret_unreadable'
  if (error instanceof Problem && error.status < 500) return error.code
  if (error instanceof Problem && error.code === 'not_configured') return error.code
  throw error
}
