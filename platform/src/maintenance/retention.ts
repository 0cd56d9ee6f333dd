import type { Client } from 'pg'
import { inTenant } from './in-tenant.ts'

/** Days that rows of a table partitioned by time are kept; whole months go once their last day is older. */
export type Retention = Readonly<Record<string, number>>

/** The outbox is told within seconds; a month is for a subscriber that is down, and what webhooks were sent outlives its events. Logs are kept for two years and for thirteen months. */
export const usualRetention: Retention = {
  'tenantry.events': 31,
  'tenantry.audit_entries': 731,
  'tenantry.access_log': 396,
  'tenantry.webhook_deliveries': 62,
  'tenantry.usage_events': 396,
}

/** Months of partitions that stand ready, so that a maintenance worker may be away for weeks. */
const monthsAhead = '3 months'

export async function makePartitions(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>('select made::text as name from tenantry.make_partitions($1) made', [
    monthsAhead,
  ])
  return rows.map(({ name }) => name)
}

/** Answers the names of what was dropped. A partition that holds a row of a tenant under legal hold stays, and so do younger ones. */
export async function dropExpired(client: Client, retention: Retention, held: readonly string[]): Promise<string[]> {
  const dropped: string[] = []
  for (const [table, days] of Object.entries(retention)) {
    let before = await cutoff(client, days)
    for (const tenantId of held) before = await oldestOf(client, table, tenantId, before)
    const { rows } = await client.query<{ name: string }>(
      'select name from tenantry.drop_partitions($1::text::regclass, $2::timestamptz) name',
      [table, before],
    )
    dropped.push(...rows.map(({ name }) => name))
  }
  return dropped
}

/** As text throughout: a JavaScript date would lose the microseconds. */
async function cutoff(client: Client, days: number): Promise<string> {
  const { rows } = await client.query<{ at: string }>('select (tenantry.clock() - make_interval(days => $1))::text as at', [days])
  return (rows[0] as { at: string }).at
}

async function oldestOf(client: Client, table: string, tenantId: string, before: string): Promise<string> {
  return inTenant(client, tenantId, async () => {
    const { rows: names } = await client.query<{ name: string; at: string }>(
      `select $1::text::regclass::text as name, quote_ident(a.attname) as at from pg_partitioned_table p
         join pg_attribute a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0] where p.partrelid = $1::text::regclass`,
      [table],
    )
    const target = names[0]
    if (target === undefined) return before
    const { rows } = await client.query<{ at: string }>(
      `select least($1::timestamptz, (select min(${target.at}) from ${target.name} where ${target.at} < $1::timestamptz))::text as at`,
      [before],
    )
    return rows[0]?.at ?? before
  })
}
