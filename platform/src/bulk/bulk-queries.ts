import type { Pool } from 'pg'
import type { BulkAction } from './bulk-action.ts'
import type { BulkOperation, BulkResult, ResultState } from './bulk-operation.ts'

const rfc3339 = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** Whoever is disabled orders nothing any more, as if he had cancelled it. */
const isOff = `(o.cancelled_at is not null or exists (
  select from tenantry.operators p where p.id = o.operator_id and p.disabled_at is not null))`

/** Of a target, from what is known of it and of its operation. */
const stateOfTarget = `case when r.state is not null then r.state when t.id is null then 'gone'
  when ${isOff} then 'cancelled' else 'waiting' end`
/** Whoever asks about one operation meets its rows by their indexes. */
const targets = `tenantry.bulk_targets g
  left join tenantry.bulk_results r on r.tenant_id = g.tenant_id and r.operation_id = g.operation_id
  left join tenantry.tenants t on t.id = g.tenant_id`

const columns = `jsonb_build_object('id', o.id, 'action', o.action, 'reason', o.reason,
  'operator', jsonb_build_object('id', p.id, 'name', p.name), 'selection', o.selection, 'tenants', c.tenants, 'counts', c.counts,
  'state', case when o.cancelled_at is not null or (c.counts ->> 'cancelled')::int > 0 then 'cancelled' when (c.counts ->> 'waiting')::int > 0 then 'running' else 'done' end,
  'createdAt', ${rfc3339('o.created_at')}, 'cancelledAt', ${rfc3339('o.cancelled_at')},
  'finishedAt', case when (c.counts ->> 'waiting')::int = 0 then ${rfc3339('greatest(c.last, o.cancelled_at, o.created_at)')} end) as row`
const counted = (state: ResultState) => `'${state}', count(*) filter (where s.state = '${state}')`
const counting = `cross join lateral (
  select count(*)::int as tenants, max(s.at) as last, jsonb_build_object(${counted('waiting')}, ${counted('done')},
    ${counted('refused')}, ${counted('failed')}, ${counted('cancelled')}, ${counted('gone')}) as counts
  from (select ${stateOfTarget} as state, r.at from ${targets} where g.operation_id = o.id) s) c`
const operations = `tenantry.bulk_operations o join tenantry.operators p on p.id = o.operator_id`

export interface NewOrder {
  readonly id: string
  readonly operatorId: string
  readonly action: BulkAction
  readonly reason: string
  readonly selection: BulkOperation['selection']
  readonly tenants: readonly string[]
}

export async function begin(pool: Pool, { id, operatorId, action, reason, selection, tenants }: NewOrder): Promise<void> {
  const values = [id, operatorId, JSON.stringify(action), reason, JSON.stringify(selection), tenants]
  await pool.query('select tenantry.begin_bulk_operation($1, $2, $3, $4, $5, $6::uuid[])', values)
}

/** The newest first. Ids are in the order of their making. */
export async function listOperations(pool: Pool, after: string | undefined, limit: number): Promise<BulkOperation[]> {
  const { rows } = await pool.query<{ row: BulkOperation }>(
    `select ${columns} from ${operations} ${counting} where $1::uuid is null or o.id < $1 order by o.id desc limit $2`,
    [after ?? null, limit],
  )
  return rows.map(({ row }) => row)
}

export async function findOperation(pool: Pool, id: string): Promise<BulkOperation | undefined> {
  const { rows } = await pool.query<{ row: BulkOperation }>(`select ${columns} from ${operations} ${counting} where o.id = $1`, [
    id,
  ])
  return rows[0]?.row
}

export interface Order {
  readonly action: BulkAction
  readonly reason: string
  readonly operatorId: string
}

/** What is to be done; nothing once it was cancelled, or once its operator is none any more. */
export async function orderInForce(pool: Pool, id: string): Promise<Order | undefined> {
  const { rows } = await pool.query<Order>(
    `select o.action, o.reason, o.operator_id as "operatorId" from ${operations}
      where o.id = $1 and not ${isOff}`,
    [id],
  )
  return rows[0]
}

/** Answers whether there is such an operation. One that is over stays as it is. */
export async function cancel(pool: Pool, id: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `with cancelled as (
       update tenantry.bulk_operations o set cancelled_at = tenantry.clock()
        where o.id = $1 and o.cancelled_at is null
          and exists (select from ${targets} where g.operation_id = o.id and ${stateOfTarget} = 'waiting'))
     select from tenantry.bulk_operations where id = $1`,
    [id],
  )
  return rowCount === 1
}

export async function listResults(
  pool: Pool,
  id: string,
  {
    state,
    after,
    limit,
  }: { readonly state?: ResultState | undefined; readonly after?: string | undefined; readonly limit: number },
): Promise<BulkResult[]> {
  const { rows } = await pool.query<{ row: BulkResult }>(
    `select jsonb_build_object('tenantId', s.tenant_id, 'slug', s.slug, 'name', s.name, 'status', s.status, 'state', s.state,
              'code', s.code, 'at', ${rfc3339('s.at')}) as row
       from (select g.tenant_id, t.slug, t.name, t.status, ${stateOfTarget} as state, r.code, r.at
               from tenantry.bulk_operations o join ${targets.replace('tenantry.bulk_targets g', 'tenantry.bulk_targets g on g.operation_id = o.id')}
              where o.id = $1 and ($2::uuid is null or g.tenant_id > $2)) s
      where $3::text is null or s.state = $3 order by s.tenant_id limit $4`,
    [id, after ?? null, state ?? null, limit],
  )
  return rows.map(({ row }) => row)
}
