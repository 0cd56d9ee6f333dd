import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Pool } from 'pg'

/** A server that runs, by its own word. Times are RFC 3339. */
export interface RunningNode {
  readonly id: string
  readonly host: string
  readonly version: string
  readonly startedAt: string
  readonly seenAt: string
  /** Not heard of for a while, and not ended in order either. */
  readonly silent: boolean
  /** It is this process. */
  readonly answers: boolean
}

export interface NodeService {
  /** The oldest first. */
  list(): Promise<RunningNode[]>
  /** Says that this server runs, now and every few seconds. */
  begin(): void
  /** It ends in order, and nobody hears of it any more. */
  end(): Promise<void>
}

declare module '../http/route.ts' {
  interface Services {
    readonly nodes: NodeService
  }
}

export interface NodeOptions {
  /** Of the directory role. */
  readonly pool: Pool
  /** Of the platform. */
  readonly version: string
  readonly onFailure: (error: unknown) => void
}

/** Milliseconds between two words of a server. */
const interval = 10_000
/** Seconds: after three words that did not come it is silent, and after an hour nobody needs to know of it any more. */
const silence = 35
const forgotten = 3_600

export function createNodeService({ pool, version, onFailure }: NodeOptions): NodeService {
  const id = randomUUID()
  let timer: NodeJS.Timeout | undefined
  let saying: Promise<void> = Promise.resolve()

  /** The row is made anew where it was forgotten: a machine that slept for longer. */
  const say = () => {
    saying = pool
      .query(
        `with forgotten as (
           delete from tenantry.nodes where seen_at < tenantry.clock() - make_interval(secs => $4) and id <> $1)
         insert into tenantry.nodes (id, host, version) values ($1, $2, $3)
         on conflict (id) do update set seen_at = excluded.seen_at`,
        [id, hostname().slice(0, 255) || 'unknown', version, forgotten],
      )
      .then(() => undefined, onFailure)
  }

  return {
    async list() {
      const { rows } = await pool.query<RunningNode>(
        `select id, host, version, ${rfc3339('started_at')} as "startedAt", ${rfc3339('seen_at')} as "seenAt",
                seen_at < tenantry.clock() - make_interval(secs => $2) as silent, id = $1 as answers
           from tenantry.nodes order by started_at, id`,
        [id, silence],
      )
      return rows
    },

    begin() {
      say()
      timer = setInterval(say, interval).unref()
    },

    async end() {
      clearInterval(timer)
      await saying
      if (timer !== undefined) await pool.query('delete from tenantry.nodes where id = $1', [id]).catch(onFailure)
    },
  }
}

const rfc3339 = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
