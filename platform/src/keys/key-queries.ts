import type { Role } from '../access/principal.ts'
import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { Actor, TenantScope } from '../isolation/tenant-scope.ts'
import type { Key, KeyChange, KeyRotation, NewKey } from './key.ts'
import type { MintedKey } from './key-format.ts'

const columns = sql`id, public_id, name, permissions, reach, expires_at, revoked_at, last_used_at, created_at, requests_per_hour,
  allowed_addresses, replaces`

/** Nothing where the creator is none any more, or another than was thought: behind the lock of the tenant's people that is certain. */
export function insertKey(id: string, minted: MintedKey, key: NewKey, creator: Actor, role: Role | undefined): SqlFragment<Key> {
  return sql<Key>`with made as (
      insert into tenantry.api_keys (id, public_id, hash, name, permissions, reach, expires_at, requests_per_hour,
        allowed_addresses, created_by)
      select ${id}, ${minted.publicId}, ${minted.hash}, ${key.name}, ${key.permissions}::text[], ${key.reach ?? 'all'},
        ${key.expiresAt ?? null}::timestamptz, ${key.requestsPerHour ?? null}::integer,
        ${key.allowedAddresses ?? []}::text[], ${creator.id}::uuid where ${stands(creator, role)}
      returning ${columns})
    select * from made where tenantry.emit('platform.key.created', id, jsonb_build_object('name', name))::text is not null`
}

function stands({ kind, id }: Actor, role: Role | undefined): SqlFragment {
  if (kind === 'member') {
    return sql`exists (select from tenantry.members where id = ${id} and (${role ?? null}::text is null or role = ${role ?? null}))`
  }
  return kind === 'key' ? sql`exists (select from tenantry.api_keys where id = ${id} and revoked_at is null)` : sql`true`
}

/** Of a key that was just made, if it was. */
export function insertGrants(keyId: string, objectIds: readonly string[]): SqlFragment {
  return sql`insert into tenantry.grants (actor_id, object_id) select id, unnest(${objectIds}::uuid[])
    from tenantry.api_keys where id = ${keyId}`
}

export function findKey(scope: TenantScope, id: string): Promise<Key | undefined> {
  return scope.first(sql<Key>`select ${columns} from tenantry.api_keys where id = ${id}`)
}

/** Newest first. */
export function listKeys(
  scope: TenantScope,
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<Key[]> {
  return scope.run(sql<Key>`select ${columns} from tenantry.api_keys
    where ${page.after ?? null}::uuid is null or id < ${page.after ?? null}::uuid order by id desc limit ${page.limit}`)
}

/** Nothing for a key that is absent; a revoked one keeps the time of its first revocation. */
export function revokeKey(scope: TenantScope, id: string): Promise<Key | undefined> {
  return scope.first(sql<Key>`with revoked as (
      update tenantry.api_keys set revoked_at = coalesce(revoked_at, tenantry.clock()) where id = ${id} returning ${columns})
    select * from revoked where tenantry.emit('platform.key.revoked', id, jsonb_build_object('name', name))::text is not null`)
}

/** What is left out stays. Nothing for a key that is absent or revoked. */
export function changeKey(scope: TenantScope, id: string, change: KeyChange): Promise<Key | undefined> {
  const { name, requestsPerHour, allowedAddresses } = change
  return scope.first(sql<Key>`with changed as (
      update tenantry.api_keys set name = coalesce(${name ?? null}, name),
        requests_per_hour = case when ${requestsPerHour === undefined} then requests_per_hour else ${requestsPerHour ?? null}::integer end,
        allowed_addresses = coalesce(${allowedAddresses ?? null}::text[], allowed_addresses)
       where id = ${id} and revoked_at is null returning ${columns})
    select * from changed where tenantry.emit('platform.key.updated', id, jsonb_build_object('name', name))::text is not null`)
}

/**
 * A new key that may what the old one may, whose end comes closer. One statement, so that whoever revokes the old one meanwhile
 * either ends both or has come too late for one. Nothing where the old one is over, or the creator none any more.
 */
export function rotateKey(
  id: string,
  oldId: string,
  minted: MintedKey,
  { overlap, expiresAt }: KeyRotation,
  creator: Actor,
  role: Role | undefined,
): SqlFragment<Key> {
  return sql<Key>`with old as materialized (
      select * from tenantry.api_keys
       where id = ${oldId} and revoked_at is null and (expires_at is null or expires_at > tenantry.clock()) and ${stands(creator, role)}
         for update),
    ending as (
      update tenantry.api_keys k
         set expires_at = least(k.expires_at, tenantry.clock() + make_interval(secs => ${overlap}::integer))
        from old where k.tenant_id = old.tenant_id and k.id = old.id),
    made as (
      insert into tenantry.api_keys (id, public_id, hash, name, permissions, reach, expires_at, requests_per_hour, allowed_addresses,
        replaces, created_by)
      select ${id}, ${minted.publicId}, ${minted.hash}, name, permissions, reach,
        coalesce(${expiresAt ?? null}::timestamptz, tenantry.clock() + (expires_at - created_at)), requests_per_hour, allowed_addresses,
        id, ${creator.id}::uuid from old returning ${columns}),
    given as (
      insert into tenantry.grants (actor_id, object_id)
      select ${id}, g.object_id from tenantry.grants g join old on g.tenant_id = old.tenant_id and g.actor_id = old.id)
    select * from made where tenantry.emit('platform.key.rotated', id,
      jsonb_build_object('name', name, 'replaces', replaces))::text is not null`
}

/** Made by somebody or by keys of his, also by one that is revoked, and good at this moment. */
export function liveKeysOf(scope: TenantScope, creatorId: string): Promise<Key[]> {
  return scope.run(sql<Key>`with recursive made as (
      select id from tenantry.api_keys where tenant_id = ${scope.context.tenantId} and created_by = ${creatorId}
      union
      select k.id from tenantry.api_keys k join made on k.created_by = made.id where k.tenant_id = ${scope.context.tenantId})
    select ${columns} from tenantry.api_keys where tenant_id = ${scope.context.tenantId} and id in (select id from made)
      and revoked_at is null and (expires_at is null or expires_at > tenantry.clock()) order by id`)
}

export async function listGrants(scope: TenantScope, actorId: string): Promise<string[]> {
  const rows = await scope.run(
    sql<{ objectId: string }>`select object_id from tenantry.grants where actor_id = ${actorId} order by 1`,
  )
  return rows.map(({ objectId }) => objectId)
}

/** Exactly these, and no others. */
export function replaceGrants(actorId: string, objectIds: readonly string[]): SqlFragment {
  return sql`with taken as (
      delete from tenantry.grants where actor_id = ${actorId} and object_id <> all (${objectIds}::uuid[]))
    insert into tenantry.grants (actor_id, object_id) select ${actorId}, unnest(${objectIds}::uuid[]) on conflict do nothing`
}

export function markUsed(ids: readonly string[]): SqlFragment {
  return sql`update tenantry.api_keys set last_used_at = date_trunc('minute', tenantry.clock()) where id = any(${ids}::uuid[])`
}

/** Objects among these that may be granted: rows of a table enrolled with `granted_by => 'id'`, in the caller's own reach. */
export async function grantable(scope: TenantScope, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const tables = await scope.run(sql<{ relation: string }>`select relation::text from tenantry.enrolment
    where options ->> 'granted_by' = 'id' order by 1`)
  if (tables.length === 0) return new Set()
  const each = tables.map(({ relation }) => sql`select id from ${sql.identifier(relation)} where id = any(${ids}::uuid[])`)
  const rows = await scope.run(sql.join(each, ' union all ') as SqlFragment<{ id: string }>)
  return new Set(rows.map((row) => row.id))
}
