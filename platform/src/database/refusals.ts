/** Why a server must not run on a connection, and what to do about it. */
export interface Refusal {
  readonly code: keyof typeof sentences
  readonly message: string
}

interface Facts {
  readonly role: string
  readonly superuser: boolean
  readonly bypasses_row_security: boolean
  readonly creates_roles: boolean
  readonly replicates: boolean
  readonly owns: string | null
  readonly member_of: string | null
  readonly version: number
  readonly row_security: string
  readonly encoding: string
}

const facts = `
  select r.rolname as role, r.rolsuper as superuser, r.rolbypassrls as bypasses_row_security, r.rolcreaterole as creates_roles,
    r.rolreplication as replicates,
    (select pg_describe_object(d.classid, d.objid, 0) from pg_shdepend d
     where d.refclassid = 'pg_authid'::regclass and d.refobjid = r.oid and d.deptype = 'o'
       and d.dbid in (0, (select oid from pg_database where datname = current_database())) limit 1) as owns,
    (select string_agg(m.roleid::regrole::text, ', ' order by 1) from pg_auth_members m where m.member = r.oid) as member_of,
    current_setting('server_version_num')::integer as version,
    current_setting('row_security') as row_security,
    current_setting('server_encoding') as encoding
  from pg_roles r where r.rolname = session_user`

/** Minor releases before these let statistics of rows that a policy hides through to others (CVE-2025-8713). */
const floors: Readonly<Record<number, number>> = { 15: 14, 16: 10, 17: 6 }

const sentences = {
  superuser: ({ role }: Facts) =>
    `${role} is a superuser: row-level security does not apply to it. Put the app role, <prefix>_app, into DATABASE_URL.`,
  bypasses_row_security: ({ role }: Facts) =>
    `${role} has BYPASSRLS: row-level security does not apply to it. As an administrator: alter role ${role} nobypassrls.`,
  creates_roles: ({ role }: Facts) =>
    `${role} has CREATEROLE and could make itself any role. As an administrator: alter role ${role} nocreaterole.`,
  replicates: ({ role }: Facts) =>
    `${role} has REPLICATION and could read every tenant's changes. As an administrator: alter role ${role} noreplication.`,
  owns: ({ role, owns }: Facts) =>
    `${role} owns ${owns}, and an owner can switch row-level security off. Give it to the owner role: reassign owned by ${role} to <prefix>_owner.`,
  member_of: ({ role, member_of }: Facts) =>
    `${role} is a member of ${member_of} and could act as it. As an administrator: revoke ${member_of} from ${role}.`,
  version: ({ version }: Facts) =>
    `PostgreSQL ${Math.floor(version / 10_000)}.${version % 10_000} is not supported: at least 15.14, 16.10 or 17.6, because older ones show one tenant's statistics to another. Update PostgreSQL.`,
  row_security: ({ role }: Facts) =>
    `row_security is off for ${role}, so that every scoped read fails. As an administrator: alter role ${role} reset row_security (or the same for the database).`,
  encoding: ({ encoding }: Facts) =>
    `The database's encoding is ${encoding}; it must be UTF8. Create it anew: create database … encoding 'UTF8' template template0.`,
} satisfies Record<string, (facts: Facts) => string>

/**
 * What speaks against running a server on this connection; empty when nothing does.
 *
 * @example
 * const [first] = await refusalsOf(client)
 * if (first) throw new Error(first.message)
 */
export async function refusalsOf(client: Queryable): Promise<Refusal[]> {
  const { rows } = await client.query<Facts>(facts)
  return rows.flatMap((row) => judge(row))
}

interface Queryable {
  query<Row extends object>(text: string): Promise<{ rows: Row[] }>
}

function judge(found: Facts): Refusal[] {
  const holds: Record<keyof typeof sentences, boolean> = {
    superuser: found.superuser,
    bypasses_row_security: found.bypasses_row_security && !found.superuser,
    creates_roles: found.creates_roles,
    replicates: found.replicates,
    owns: found.owns !== null,
    member_of: found.member_of !== null,
    version: isBelowFloor(found.version),
    row_security: found.row_security === 'off',
    encoding: found.encoding !== 'UTF8',
  }
  return (Object.keys(sentences) as (keyof typeof sentences)[])
    .filter((code) => holds[code])
    .map((code) => ({ code, message: sentences[code](found) }))
}

/** @param version as `server_version_num` gives it: 150014 is 15.14 */
export function isBelowFloor(version: number): boolean {
  const major = Math.floor(version / 10_000)
  return major < 15 || version % 10_000 < (floors[major] ?? 0)
}
