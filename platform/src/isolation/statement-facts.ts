import { LRUCache } from 'lru-cache'
import { afterLeadingBlanks } from './leading-blanks.ts'
import { unnamedMark } from './tenant-literal.ts'

/** What is known of a statement's text, found out once for each text. */
export interface StatementFacts {
  readonly text: string
  /** It cannot write: select, values, or a `with` that holds no writing part. */
  readonly reads: boolean
  /** It begins with `select` or `values`, locks no rows, and so goes to the read lane unless told otherwise. */
  readonly prefersReadLane: boolean
  /** False for texts that carry a tenant's id, for a name for each tenant would fill the connection, and for very long ones. */
  readonly nameable: boolean
  /** How often it was run; a text is prepared by name on its second use. */
  uses: number
}

/** A statement that a scope does not run. Thrown before anything is sent. */
export class StatementRefused extends Error {
  override readonly name = 'StatementRefused'
}

const allowed = new Set(['select', 'insert', 'update', 'delete', 'values', 'with'])
const writing = /\b(?:insert|update|delete|merge)\b/i
const forSharing = /\bfor\s+(?:no\s+key\s+)?(?:update|key\s+share|share)\b/i

/**
 * Functions that change the session, and with it every tenant that comes behind on the connection:
 * settings, locks that outlive the transaction, and backends.
 */
const sessionFunctions = /\b(?:set_config|pg_(?:try_)?advisory_(?:lock|unlock)\w*|pg_(?:terminate|cancel)_backend)\b"?\s*\(/i

/** Characters. A long list of values is seldom seen twice, and 256 of them on every connection would weigh. */
const longestNamed = 16_384

const known = new LRUCache<string, StatementFacts>({ max: 2_000 })

/**
 * The facts of a text. Throws StatementRefused for anything but select, insert, update, delete, values and with:
 * a BEGIN, SET or LISTEN on a shared connection would capture every tenant behind it.
 */
export function factsOf(text: string): StatementFacts {
  const before = known.get(text)
  if (before) {
    before.uses++
    return before
  }
  const facts = judge(text)
  if (facts.nameable) known.set(text, facts)
  return facts
}

function judge(text: string): StatementFacts {
  const bare = text.slice(afterLeadingBlanks(text))
  const verb = /^[a-z]+/i.exec(bare)?.[0].toLowerCase() ?? ''
  if (!allowed.has(verb)) {
    throw new StatementRefused(
      `A scope runs select, insert, update, delete, values and with; this statement begins with "${verb || bare.slice(0, 12)}".`,
    )
  }
  if (text.includes('\0')) throw new StatementRefused('A statement cannot hold a NUL character.')
  const session = sessionFunctions
    .exec(text)?.[0]
    .replace(/["\s(]/g, '')
    .toLowerCase()
  if (session) {
    throw new StatementRefused(`${session}() acts on the session, which tenants share. Use what ends with the transaction.`)
  }
  // A select that locks rows writes, in PostgreSQL's eyes.
  const prefersReadLane = (verb === 'select' || verb === 'values') && !forSharing.test(bare)
  return {
    text,
    reads: prefersReadLane || (verb === 'with' && !writing.test(bare)),
    prefersReadLane,
    nameable: text.length <= longestNamed && !text.includes(unnamedMark),
    uses: 1,
  }
}

/** Facts of a text of our own that is allowed to do what a scope's statements are not: BEGIN, COMMIT, SAVEPOINT. */
export function controlStatement(text: string): StatementFacts {
  return { text, reads: false, prefersReadLane: false, nameable: false, uses: 0 }
}
