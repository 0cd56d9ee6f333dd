import type { Pool } from 'pg'
import type { Ask } from './directory-queries.ts'
import type {
  CustomRoleEntry,
  MemberEntry,
  Membership,
  OperatorEntry,
  SessionEntry,
  SessionKind,
  SigningKeyEntry,
  SigningKeysEntry,
} from './people-entries.ts'

type Nullable<Row> = { readonly [Key in keyof Row]: undefined extends Row[Key] ? Exclude<Row[Key], undefined> | null : Row[Key] }

export async function loadMember(ask: Ask, tenantId: string, userId: string): Promise<MemberEntry | undefined> {
  const [row] = await ask<Nullable<MemberEntry>>(
    'member',
    `select id, tenant_id as "tenantId", user_id as "userId", name, email, role, custom_role_id as "customRoleId", reach
       from tenantry.members where tenant_id = $1::text::uuid and user_id = $2::text::uuid`,
    [tenantId, userId],
  )
  return row && { ...row, customRoleId: row.customRoleId ?? undefined }
}

export async function loadCustomRole(ask: Ask, tenantId: string, id: string): Promise<CustomRoleEntry | undefined> {
  const [row] = await ask<CustomRoleEntry>(
    'custom role',
    `select id, tenant_id as "tenantId", name, permissions
       from tenantry.custom_roles where tenant_id = $1::text::uuid and id = $2::text::uuid`,
    [tenantId, id],
  )
  return row
}

const sessionBy: Readonly<Record<SessionKind, string>> = {
  browser: `select id, user_id as "userId", tenant_id as "tenantId", realm_id as "realmId",
                   (extract(epoch from expires_at) * 1000)::float8 as "expiresAt"
              from identity.session where id = $1::text::uuid`,
  program: `select id, user_id as "userId", tenant_id as "tenantId", null as "realmId",
                   (extract(epoch from expires_at) * 1000)::float8 as "expiresAt"
              from tenantry.refresh_families where id = $1::text::uuid and ended_at is null`,
}

export async function loadSession(ask: Ask, kind: SessionKind, id: string): Promise<SessionEntry | undefined> {
  const [row] = await ask<Nullable<SessionEntry>>(`${kind} session`, sessionBy[kind], [id])
  return row && { ...row, tenantId: row.tenantId ?? undefined, realmId: row.realmId ?? undefined }
}

/** Disabled operators are not found. */
export async function loadOperator(ask: Ask, id: string): Promise<OperatorEntry | undefined> {
  const text = `select id, name, user_id as "userId" from tenantry.operators
    where id = $1::text::uuid and disabled_at is null`
  return (await ask<OperatorEntry>('operator', text, [id]))[0]
}

export async function loadSigningKeys(ask: Ask): Promise<SigningKeysEntry> {
  const rows = await ask<Nullable<SigningKeyEntry>>(
    'signing keys',
    `select id, public_key as "publicKey", sealed, (extract(epoch from retired_at) * 1000)::float8 as "retiredAt"
       from tenantry.signing_keys order by created_at desc, id`,
    [],
  )
  return { keys: rows.map((row) => ({ ...row, retiredAt: row.retiredAt ?? undefined })) }
}

/** Every tenant that a person belongs to: the one preferred last first, then the oldest membership. */
export async function listMemberships(pool: Pool, userId: string): Promise<Membership[]> {
  const { rows } = await pool.query<{ membership: Omit<Membership, 'preferredAt'> & { preferredAt: string | null } }>(
    `select jsonb_build_object('id', m.id, 'role', m.role, 'status', t.status, 'joinedAt', m.joined_at, 'preferredAt', m.preferred_at,
              'tenant', jsonb_build_object('id', t.id, 'name', t.name, 'slug', t.slug, 'realmId', t.realm_id)) as membership
       from tenantry.members m join tenantry.tenants t on t.id = m.tenant_id
      where m.user_id = $1::text::uuid
      order by m.preferred_at desc nulls last, m.joined_at, m.id`,
    [userId],
  )
  return rows.map(({ membership }) => ({ ...membership, preferredAt: membership.preferredAt ?? undefined }))
}
