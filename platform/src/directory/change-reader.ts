import { Client } from 'pg'

export interface Change {
  /** The table: `tenantry.tenants`; or `cache`, where the object is what `tenantry.outdate` says is outdated. */
  readonly kind: string
  /** The transaction that changed it. */
  readonly xid: bigint
  readonly tenantId: string | undefined
  readonly objectId: string | undefined
}

export interface ChangeReading {
  /** Changes not answered before. */
  readonly changes: readonly Change[]
  /** Changes may have been missed: forget everything. */
  readonly reset: boolean
  /** The oldest transaction that was still at work: what older ones changed has been told. */
  readonly xmin: bigint
  /** `tenantry.clock()` in milliseconds since the epoch. */
  readonly clock: number
}

interface ChangeRow {
  readonly xmin: string
  readonly clock: number
  readonly xid: string | null
  readonly kind: string | null
  readonly tenant_id: string | null
  readonly object_id: string | null
}

/** Changes are kept for longer than this; a reader that slept longer may have missed some. */
const longestGap = 60_000

/**
 * Reads changes by transaction id, at or above the oldest one that was still running at the last reading. By a growing row
 * id (`id > last`) a transaction that commits late would be skipped: its rows have lower ids than what was read already.
 */
export class ChangeReader {
  readonly #url: string
  readonly #timeout: number
  readonly #name: { readonly name?: string }
  #client: Client | undefined
  #xmin: bigint | undefined
  #seen = new Set<string>()
  #readAt = Number.NEGATIVE_INFINITY

  /** `timeout` in milliseconds covers connecting and asking. */
  constructor(url: string, timeout: number, prepared: boolean) {
    this.#url = url
    this.#name = prepared ? { name: 'changes' } : {}
    this.#timeout = timeout
  }

  /** One reading; on any failure the connection is thrown away and the next reading makes a new one. */
  async read(): Promise<ChangeReading> {
    const startedAt = performance.now()
    try {
      const rows = await this.#ask()
      const reading = this.#digest(rows, startedAt)
      this.#readAt = startedAt
      return reading
    } catch (error) {
      this.close()
      throw error
    }
  }

  close(): void {
    const client = this.#client
    this.#client = undefined
    if (client !== undefined) destroy(client)
  }

  async #ask(): Promise<readonly ChangeRow[]> {
    const client = this.#client ?? new Client({ connectionString: this.#url, application_name: 'tenantry-changes' })
    const isNew = this.#client === undefined
    this.#client = client
    if (isNew) client.on('error', () => this.close())
    return within(this.#timeout, async () => {
      if (isNew) await client.connect()
      const answer = await client.query<ChangeRow>({
        ...this.#name,
        text: changesSince,
        values: [this.#xmin?.toString() ?? null],
      })
      return answer.rows
    })
  }

  #digest(rows: readonly ChangeRow[], startedAt: number): ChangeReading {
    const first = rows[0]
    if (first === undefined) throw new Error('the change query always answers a row')
    const xmin = BigInt(first.xmin)
    // Transaction ids run backwards after a fail-over to a server that had not received everything.
    const reset = this.#xmin !== undefined && (xmin < this.#xmin || startedAt - this.#readAt > longestGap)
    const changes = rows.flatMap((row) => (row.xid === null || this.#seen.has(row.xid) ? [] : [changeOf(row, row.xid)]))
    this.#seen = new Set(rows.flatMap((row) => (row.xid === null ? [] : [row.xid])))
    this.#xmin = xmin
    return { changes, reset, xmin, clock: first.clock }
  }
}

/** One statement, so that the changes and the xmin belong to the same snapshot. */
const changesSince = `
  select pg_snapshot_xmin(pg_current_snapshot())::text as xmin,
         (extract(epoch from tenantry.clock()) * 1000)::float8 as clock,
         c.xid::text as xid, c.kind, c.tenant_id, c.object_id
    from (values (1)) as always
    left join tenantry.changes c on c.xid >= $1::text::xid8`

function changeOf(row: ChangeRow, xid: string): Change {
  const { kind, tenant_id: tenantId, object_id: objectId } = row
  return { kind: kind ?? '', xid: BigInt(xid), tenantId: tenantId ?? undefined, objectId: objectId ?? undefined }
}

/** `end()` would wait for an answer that a half-open connection never gives. */
export function destroy(client: Client): void {
  client.removeAllListeners('error')
  client.on('error', () => {})
  // The socket is not part of the published types.
  const { stream } = (client as unknown as { connection: { stream: { destroy(): void } } }).connection
  stream.destroy()
}

/** Rejects after so many milliseconds; the work itself is ended by whoever called. */
export async function within<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds)
  try {
    return await Promise.race([work(), late])
  } finally {
    clearTimeout(timer)
  }
}
