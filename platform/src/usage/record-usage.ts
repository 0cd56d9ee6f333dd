import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { NewUsageEvent, UsageRefusal, UsageVerdict } from './usage-event.ts'

/** One statement, whatever their number: keys, log, hours and days are written together or not at all. */
export async function recordUsage(scope: TenantScope, events: readonly NewUsageEvent[]): Promise<UsageVerdict[]> {
  const column = <T>(of: (event: NewUsageEvent) => T | undefined) => events.map((event) => of(event) ?? null)
  const answered = await scope.first(
    sql<{ verdicts: ('accepted' | 'duplicate' | UsageRefusal)[] }>`select tenantry.record_usage(
      ${column(({ key }) => key)}::text[], ${column(({ meter }) => meter)}::text[],
      ${column(({ quantity }) => quantity)}::bigint[], ${column(({ at }) => at)}::timestamptz[],
      ${column(({ corrects }) => corrects)}::text[], ${column(({ description }) => description)}::text[],
      ${column(({ dimensions }) => dimensions && JSON.stringify(dimensions))}::jsonb[]) as verdicts`,
    { lane: 'write' },
  )
  return events.map(({ key }, index) => verdictOf(key, answered?.verdicts[index]))
}

function verdictOf(key: string, told: 'accepted' | 'duplicate' | UsageRefusal | undefined): UsageVerdict {
  if (told === undefined) throw new Error('The database answered fewer verdicts than it was sent events.')
  return told === 'accepted' || told === 'duplicate'
    ? { key, verdict: told, code: null }
    : { key, verdict: 'rejected', code: told }
}
