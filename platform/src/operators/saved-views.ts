import { z } from 'zod'
import type { Directory } from '../directory/directory.ts'
import { problems } from '../problems/catalogue.ts'

export const NewSavedView = z.strictObject({
  page: z.string().regex(/^[a-z][a-z-]{0,40}$/, 'Must be the name of a page, such as tenants.'),
  name: z.string().trim().min(1).max(80),
  query: z.string().max(2000).describe("Query of the page's address, without the question mark"),
})
export const SavedView = z
  .object({ id: z.uuid(), ...NewSavedView.shape, createdAt: z.string().meta({ format: 'date-time' }) })
  .meta({ id: 'SavedView' })
export type SavedView = z.output<typeof SavedView>

/** Views that one operator may keep of a page. */
const most = 100

/** Filters that an operator gave a name. Each sees his own. */
export interface SavedViewService {
  /** By name. */
  list(operatorId: string, page?: string): Promise<SavedView[]>
  /** One name is one view of a page: a second one of it takes the place of the first. @throws conflict where there are too many */
  save(operatorId: string, view: z.output<typeof NewSavedView>): Promise<SavedView>
  /** @throws not_found */
  remove(operatorId: string, id: string): Promise<void>
}

declare module '../http/route.ts' {
  interface Services {
    readonly savedViews: SavedViewService
  }
}

const columns = `id, page, name, query, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt"`

export function createSavedViewService({ directory: { pool } }: { readonly directory: Directory }): SavedViewService {
  return {
    async list(operatorId, page) {
      const { rows } = await pool.query<SavedView>(
        `select ${columns} from tenantry.saved_views
          where operator_id = $1 and ($2::text is null or page = $2) order by page, lower(name), id limit 1000`,
        [operatorId, page ?? null],
      )
      return rows
    },

    async save(operatorId, { page, name, query }) {
      const { rows } = await pool.query<SavedView>(
        `insert into tenantry.saved_views (operator_id, page, name, query)
         select $1, $2, $3, $4
          where (select count(*) from tenantry.saved_views where operator_id = $1 and page = $2 and name <> $3) < ${most}
         on conflict (operator_id, page, name) do update set query = excluded.query returning ${columns}`,
        [operatorId, page, name, query],
      )
      const [saved] = rows
      if (saved === undefined) throw problems.conflict(`There are ${most} views of this page already: remove one first.`)
      return saved
    },

    async remove(operatorId, id) {
      const { rowCount } = await pool.query('delete from tenantry.saved_views where operator_id = $1 and id = $2', [
        operatorId,
        id,
      ])
      if (rowCount === 0) throw problems.not_found('There is no such view.')
    },
  }
}
