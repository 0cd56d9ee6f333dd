import { api, items } from '../../api/api.ts'
import { csvText } from '../../components/csv-text.ts'
import type { Member } from '../members/member-queries.ts'

const memberColumns = [
  'id',
  'name',
  'email',
  'role',
  'customRoleId',
  'reach',
  'grants',
  'joinedAt',
  'lastActiveAt',
] as const satisfies readonly (keyof Member)[]

/** Everybody, by the names of the API. */
export async function membersCsv(): Promise<Blob> {
  const rows: unknown[][] = []
  for await (const member of items(api, '/v1/members', { params: { query: { limit: 200 } } })) {
    rows.push(memberColumns.map((name) => member[name]))
  }
  return new Blob([csvText([memberColumns, ...rows])], { type: 'text/csv;charset=utf-8' })
}

/** What was set here, without secrets; what an import takes. */
export async function settingsFile(): Promise<Blob> {
  const { data } = await api.GET('/v1/settings/export')
  return new Blob([JSON.stringify(data, null, 2)], { type: 'application/json' })
}
