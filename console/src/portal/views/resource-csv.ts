import { csvText } from '../../components/csv-text.ts'
import { saveText } from '../../components/save-file.ts'
import { listObjects, type ObjectRow } from './object-api.ts'
import type { ViewResource } from './views-query.ts'

/** More belongs into an export of its own. */
export const mostRows = 10_000

/** All that the filters find, page by page, as CSV with the API's own names. Answers whether that was all. */
export async function saveAsCsv(
  resource: ViewResource,
  name: string,
  filters: Readonly<Record<string, unknown>>,
): Promise<boolean> {
  const names = ['id', ...resource.fields.filter(({ managed }) => !managed).map((field) => field.name), 'createdAt', 'updatedAt']
  const rows: ObjectRow[] = []
  let cursor: string | null | undefined
  do {
    const page = await listObjects(resource.path, { ...filters, limit: 200, ...(cursor && { cursor }) })
    rows.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null && rows.length < mostRows)
  saveText(`${name}.csv`, csvText([names, ...rows.map((row) => names.map((each) => row[each]))]))
  return cursor === null
}
