import pg from 'pg'
import { v7 as uuid7 } from 'uuid'
import { testDatabase } from '../testing/test-database.ts'
import { createIsolation, type Isolation, type IsolationOptions } from './isolation.ts'
import { sql } from './statement.ts'
import type { ScopeOptions, TenantScope } from './tenant-scope.ts'

export interface Note {
  readonly id: string
  readonly tenantId: string
  readonly title: string
}

export interface Notes {
  /** As the app role. */
  readonly url: string
  /** Behind the policies' back. */
  readonly superuser: pg.Client
  /** As the owner of the tables. */
  readonly owner: (text: string) => Promise<void>
  readonly isolation: (options?: Partial<IsolationOptions>) => Isolation
  /** A scope of a new tenant with so many notes, `note 1`, `note 2`, …. */
  readonly tenant: (isolation: Isolation, notes?: number, options?: Partial<ScopeOptions>) => Promise<TenantScope>
  readonly close: () => Promise<void>
}

export const actor = { kind: 'member', id: '018f0000-0000-7000-8000-0000000000aa' } as const

const tables = `
  create schema notes;
  create table notes.notes (
    id     uuid not null default tenantry.uuid7() primary key,
    title  text not null check (length(title) > 0),
    amount bigint not null default 0,
    unique (title)
  );
  select tenantry.enroll('notes.notes');
  create table notes.lines (id uuid not null default tenantry.uuid7() primary key, note_id uuid not null);
  select tenantry.enroll('notes.lines');
  alter table notes.lines add constraint lines_note foreign key (tenant_id, note_id) references notes.notes (tenant_id, id)
    deferrable initially deferred;`

/** A database with two enrolled tables, `notes.notes` and `notes.lines`, whose foreign key is checked at commit. */
export async function notesDatabase(): Promise<Notes> {
  const database = await testDatabase()
  const owner = new pg.Client({ connectionString: database.adminUrl })
  const superuser = new pg.Client({ connectionString: database.superuserUrl })
  for (const client of [owner, superuser]) client.on('error', () => undefined)
  await Promise.all([owner.connect(), superuser.connect()])
  await owner.query(tables)
  const opened: Isolation[] = []
  return {
    url: database.appUrl,
    superuser,
    owner: async (text) => void (await owner.query(text)),
    isolation: (options = {}) => {
      const isolation = createIsolation({ url: database.appUrl, ...options })
      opened.push(isolation)
      return isolation
    },
    tenant: async (isolation, notes = 0, options = {}) => {
      const tenantId = uuid7()
      if (notes > 0) {
        await isolation
          .scope({ tenantId, actor })
          .run(sql`insert into notes.notes (title) select 'note ' || n from generate_series(1, ${notes}::int) n`)
      }
      return isolation.scope({ tenantId, actor, ...options })
    },
    close: async () => {
      await Promise.all(opened.map((isolation) => isolation.close()))
      await Promise.all([owner.end(), superuser.end()])
      await database.drop()
    },
  }
}

export const allNotes = sql<Note>`select id, tenant_id, title from notes.notes order by id`
export const insertNote = (title: string) =>
  sql<Note>`insert into notes.notes (title) values (${title}) returning id, tenant_id, title`
export const countNotes = sql<{ count: number }>`select count(*) from notes.notes`
/** Takes so many seconds in the database. */
export const pause = (seconds: number) => sql<{ done: string }>`select pg_sleep(${seconds}::float8)::text as done`
export const backendPid = sql<{ pid: number }>`select pg_backend_pid() as pid`

/** What the promise was rejected with. */
export async function refusalOf(
  promise: Promise<unknown>,
): Promise<{ readonly code?: string; readonly message: string; readonly cause?: unknown }> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: Error) => ({ error }),
  )
  if ('error' in outcome) return outcome.error
  throw new Error(`It was not refused but answered ${JSON.stringify(outcome.value)}.`)
}
