/**
 * What `tenantry.enroll` writes, as PostgreSQL 15 to 17 print it with `search_path = pg_catalog`.
 * The lint compares text with text: a policy that means the same in other words is refused, because nobody would check that it does.
 */
export const tenantPolicy = {
  name: 'tenant_isolation',
  expression: `(tenant_id = ( SELECT (NULLIF(current_setting('tenantry.tenant'::text, true), ''::text))::uuid AS "nullif"))`,
  source: `tenant_id = (select nullif(current_setting('tenantry.tenant', true), '')::uuid)`,
} as const

/** What every table of the schema `identity` has instead: persons belong to realms. */
export const realmPolicy = {
  name: 'realm_isolation',
  expression: `(realm_id = ( SELECT (NULLIF(current_setting('tenantry.realm'::text, true), ''::text))::uuid AS "nullif"))`,
  source: `realm_id = (select nullif(current_setting('tenantry.realm', true), '')::uuid)`,
} as const

export const reachPolicy = { name: 'granted_reach' } as const

/**
 * SQL that computes the reach policy's text, its line breaks as single spaces.
 *
 * @param relation SQL of the table's bare name
 * @param options SQL of its recorded options
 */
export function reachExpression(relation: string, options: string): string {
  const text =
    `( SELECT (current_setting('tenantry.reach'::text, true) = 'all'::text)) OR (EXISTS ( SELECT 1 FROM tenantry.grants _tenantry_grant ` +
    `WHERE ((_tenantry_grant.tenant_id = %1$I.tenant_id) AND (_tenantry_grant.actor_id = ` +
    `( SELECT (NULLIF(current_setting('tenantry.actor'::text, true), ''::text))::uuid AS "nullif")) ` +
    `AND (_tenantry_grant.object_id = %1$I.%2$I))))`
  return `('(' || case when (${options} ->> 'granted_null_open')::boolean then format('(%I IS NULL) OR ', ${options} ->> 'granted_by') else '' end
    || format(${literal(text)}, ${relation}, ${options} ->> 'granted_by') || ')')`
}

export const directoryPolicy = { name: 'directory_reads' } as const

/** Lets the owner's function for the access log add rows of several tenants in one statement (decision 20); nobody reads by it. */
export const recorderPolicy = { name: 'recorder_adds', relation: 'tenantry.access_log' } as const

/** An SQL literal, for constants of ours inside a rule's query. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** The statements that put the canonical policy in place of whatever is there. */
export const restoreTenantPolicy = (relation: string, policies: readonly string[]): string =>
  [
    ...policies.map((policy) => `drop policy ${policy} on ${relation}`),
    `create policy ${tenantPolicy.name} on ${relation} using (${tenantPolicy.source}) with check (${tenantPolicy.source})`,
  ].join('; ')
