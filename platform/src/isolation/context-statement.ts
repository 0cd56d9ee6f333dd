import type { StatementFacts } from './statement-facts.ts'
import { controlStatement } from './statement-facts.ts'
import type { Origin, ScopeContext, ScopeOptions } from './tenant-scope.ts'
import { requireUuid } from './uuid.ts'

/** A context statement and the name it has on every connection that prepares. */
export interface PreparedContext extends StatementFacts {
  readonly preparedAs: string
}

/** What a kind of work has to know, for connections that keep their lane's settings and for those of a pooler, which do not. */
export interface ContextStatement {
  readonly lean: PreparedContext
  readonly withLane: PreparedContext
}

/** What policies ask. Each setting costs a microsecond of PostgreSQL's time, so a read that nobody logs has no more. */
const reading = ['tenantry.tenant', 'tenantry.actor', 'tenantry.reach']
/** What triggers write down, too. */
const writing = [...reading, 'tenantry.actor_kind', 'tenantry.request', 'tenantry.origin', 'transaction_read_only']

function contextStatement(name: string, settings: readonly string[], ofLane: readonly string[]): ContextStatement {
  return {
    lean: preparedContext(`tenantry_${name}`, settings),
    withLane: preparedContext(`tenantry_${name}_lane`, [...settings, ...ofLane]),
  }
}

/**
 * Every setting is local to the transaction, so nothing of a tenant outlives it. They are set in the select list, the one place
 * where PostgreSQL promises to evaluate them before the next statement plans: in a CTE or a WHERE it leaks the tenant before.
 * num_nulls() folds the answer into one number, for nobody reads it.
 */
function preparedContext(name: string, settings: readonly string[]): PreparedContext {
  const calls = settings.map((setting, index) => `set_config('${setting}', $${index + 1}, true)`)
  return { ...controlStatement(`select num_nulls(${calls.join(', ')})`), preparedAs: name }
}

export const contextStatements = {
  /** For the read lane, whose connections read only. */
  reading: contextStatement('reading', reading, ['transaction_read_only', 'statement_timeout']),
  writing: contextStatement('writing', writing, ['statement_timeout']),
  /** For transactions that wait for us between their statements. */
  session: contextStatement('session', [...writing, 'idle_in_transaction_session_timeout'], ['statement_timeout']),
  /** For entries of the access log, which bring their tenants: they are not worth waiting for the disk. */
  recording: contextStatement('recording', ['synchronous_commit'], ['statement_timeout']),
} as const

const kinds = new Set<string>(['member', 'key', 'operator', 'system'])
const reaches = new Set<string>(['all', 'granted'])

/** Checks what a scope is asked for. Throws a TypeError: these come from our own code, never from a request unverified. */
export function contextOf(options: ScopeOptions): ScopeContext {
  const { actor, reach = 'all', origin = {} } = options
  if (!kinds.has(actor.kind)) throw new TypeError('The actor of a scope is a member, key, operator or system.')
  if (!reaches.has(reach)) throw new TypeError('The reach of a scope is all or granted.')
  return Object.freeze({
    tenantId: requireUuid(options.tenantId, 'tenant id of the scope'),
    actor: Object.freeze({ kind: actor.kind, id: requireUuid(actor.id, 'actor id of the scope') }),
    reach,
    origin: Object.freeze({ ...origin, requestId: clean(origin.requestId ?? crypto.randomUUID(), 200) }),
  })
}

/** Values of `reading`. */
export function readingValues({ tenantId, actor, reach }: ScopeContext): readonly string[] {
  return [tenantId, actor.id, reach]
}

/** Values of `writing`, to which what is particular to a kind is added. */
export function writingValues(context: ScopeContext, readOnly: boolean): readonly string[] {
  const { actor, origin } = context
  return [
    ...readingValues(context),
    actor.kind,
    origin.requestId,
    JSON.stringify(originWritten(context)),
    readOnly ? 'on' : 'off',
  ]
}

/** Where a request came from, as it is written down: of each what PostgreSQL takes, and no more than anybody reads. */
export function originWritten({ origin: { address, userAgent, impersonator } }: ScopeContext): Omit<Origin, 'requestId'> {
  return {
    ...(address === undefined ? {} : { address: clean(address, 100) }),
    ...(userAgent === undefined ? {} : { userAgent: clean(userAgent, 500) }),
    ...(impersonator === undefined ? {} : { impersonator: clean(impersonator, 100) }),
  }
}

/** PostgreSQL's text and jsonb take neither NUL nor half a surrogate pair. */
function clean(text: string, longest: number): string {
  return text.slice(0, longest).replaceAll('\0', '').toWellFormed()
}
