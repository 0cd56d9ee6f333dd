type Privilege = 'select' | 'insert' | 'update' | 'delete'

/** A table that is the same for all tenants, and what each role of a server may do with it. */
export interface ReviewedRelation {
  readonly relation: string
  readonly app?: readonly Privilege[]
  readonly directory?: readonly Privilege[]
  readonly identity?: readonly Privilege[]
  /** Why no row of it belongs to one tenant, or why it may be reached without being enrolled. */
  readonly why: string
}

const identity = ['select', 'insert', 'update', 'delete'] as const

/** Tables of persons: of a realm and not of a tenant, under the realm's policy. */
const realmTables: readonly ReviewedRelation[] = [
  { relation: 'identity."user"', identity, why: 'Persons; those of the realm "shared" may belong to several tenants.' },
  { relation: 'identity.account', identity, why: 'Passwords, and how else a person signs in.' },
  {
    relation: 'identity.session',
    identity,
    directory: ['select'],
    why: "Who is signed in; the directory reads which of a person's sessions live, and no token.",
  },
  { relation: 'identity.verification', identity, why: "The engine's single-use values." },
  { relation: 'identity.two_factor', identity, why: 'Sealed secrets of second factors.' },
  { relation: 'identity.passkey', identity, why: 'Public keys of passkeys.' },
  { relation: 'identity.proofs', identity, why: 'Hashes of links and challenges that wait for their one use.' },
  { relation: 'identity.attempts', identity, why: 'Counts of failed sign-ins.' },
]

/**
 * Tables of the platform that are not tenant-owned. A new line here is a decision: it is read across tenants.
 * An application adds its own by the option `reviewed`.
 */
export const reviewedRelations: readonly ReviewedRelation[] = [
  { relation: 'tenantry.migrations', app: ['select'], directory: ['select'], why: 'Names and checksums of SQL files.' },
  { relation: 'tenantry.installation', app: ['select'], directory: ['select'], why: 'One row about the installation.' },
  {
    relation: 'tenantry.enrolment',
    app: ['select'],
    directory: ['select'],
    why: 'Names of tables and options; this lint reads it.',
  },
  { relation: 'tenantry.clock_offset', app: ['select'], directory: ['select'], why: 'One row that only the owner writes.' },
  { relation: 'tenantry.changes', directory: ['select'], why: 'Stamps of ids: how nodes learn what changed. No content.' },
  {
    relation: 'tenantry.work',
    directory: ['select', 'update', 'delete'],
    why: 'What is due in which tenant: ids and times, claimed across tenants, done inside a scope. No content.',
  },
  {
    relation: 'tenantry.operators',
    directory: ['select', 'insert', 'update'],
    why: 'Operators belong to the platform, not to tenants.',
  },
  {
    relation: 'tenantry.operator_keys',
    directory: ['select', 'insert', 'update'],
    why: 'Hashes of the keys of operators, who belong to no tenant.',
  },
  {
    relation: 'tenantry.operator_invitations',
    directory: ['select', 'insert', 'update', 'delete'],
    why: 'Hashes of one-time links to operators, who belong to no tenant.',
  },
  {
    relation: 'tenantry.operator_idempotency',
    directory: ['select', 'insert', 'update', 'delete'],
    why: 'Answers to operators, who belong to no tenant, for 24 hours; each sealed with the key that only its client knows.',
  },
  {
    relation: 'tenantry.bulk_operations',
    directory: ['select', 'update'],
    why: 'What operators ordered for many tenants, who belong to none; what came of it in each is enrolled.',
  },
  {
    relation: 'tenantry.bulk_targets',
    directory: ['select'],
    why: 'Ids of the tenants that such an order is about. No content.',
  },
  {
    relation: 'tenantry.saved_views',
    directory: ['select', 'insert', 'update', 'delete'],
    why: 'Filters that operators, who belong to no tenant, gave a name.',
  },
  {
    relation: 'tenantry_jobs.job',
    directory: ['select', 'insert', 'update', 'delete'],
    why: 'The queue: tenant, kind and object id of what is to be done, claimed across tenants, done inside a scope. No content.',
  },
  {
    relation: 'tenantry_jobs.job_common',
    directory: ['select', 'insert', 'update', 'delete'],
    why: 'The one partition of the queue, which pg-boss names itself.',
  },
  { relation: 'tenantry_jobs.queue', directory: ['select', 'insert', 'update'], why: 'Names and settings of queues.' },
  { relation: 'tenantry_jobs.version', directory: ['select', 'update'], why: 'One row about the schema of the queue.' },
  {
    relation: 'tenantry_jobs.job_dependency',
    directory: ['select', 'delete'],
    why: 'Ids of jobs that wait for others; not used.',
  },
  { relation: 'tenantry_jobs.schedule', directory: ['select'], why: 'Jobs by the calendar; not used.' },
  { relation: 'tenantry_jobs.subscription', directory: ['select'], why: 'Queues by event; not used.' },
  { relation: 'tenantry_jobs.bam', directory: ['select'], why: 'Indexes of the queue that are still being built; not used.' },
  {
    relation: 'tenantry.plans',
    app: ['select'],
    directory: ['select', 'insert'],
    why: 'What is for sale, the same for every tenant; what one of them has is enrolled.',
  },
  { relation: 'tenantry.realms', app: ['select'], directory: ['select'], why: 'Names of realms: where addresses are unique.' },
  {
    relation: 'tenantry.signing_keys',
    directory: ['select', 'insert', 'update', 'delete'],
    why: "The installation's keys of access tokens: the public halves are published, the private ones sealed.",
  },
  {
    relation: 'tenantry.sign_ups',
    directory: ['select', 'insert', 'update', 'delete'],
    why: 'Who asked for a tenant that does not exist yet, until the mail is confirmed.',
  },
  {
    relation: 'tenantry.attack_reports',
    directory: ['select', 'insert', 'delete'],
    why: 'What attacks on the installation tried: routes, counts, and synthetic tenants that are gone.',
  },
  {
    relation: 'tenantry.nodes',
    directory: ['select', 'insert', 'update', 'delete'],
    why: 'Servers that run: names of machines, versions and times.',
  },
  ...realmTables,
  {
    relation: 'tenantry.audit_keys',
    directory: ['select', 'insert', 'update'],
    why: "The installation's keys of audit seals: the public halves are published, the private ones sealed.",
  },
  { relation: 'tenantry.invoice_numbers', why: 'How many invoices each seller has sealed; reached by the trigger that seals.' },
  { relation: 'tenantry.slug_quarantine', why: 'Released slugs; reached by definer triggers only.' },
  { relation: 'tenantry.host_quarantine', why: 'Released hosts; reached by definer triggers only.' },
  {
    relation: 'tenantry.tombstones',
    directory: ['select', 'update'],
    why: 'That an erased tenant existed, how many rows went, and its last seal; a server signs what the eraser left.',
  },
]

/**
 * Columns that are unique across tenants on purpose: whoever is refused one learns that it is taken, and is meant to.
 * An application adds its own by the option `globalUniques`.
 */
export const globalUniques: readonly string[] = [
  'tenantry.tenants.slug',
  'tenantry.hosts.host',
  'tenantry.api_keys.public_id',
  'tenantry.invitations.public_id',
  'tenantry.refresh_families.public_id',
]

/** Functions that set a part of the context for their own duration, or are told tenants. */
export const reviewedFunctions: readonly string[] = [
  // Answers only whether an object of the context's own tenant exists, with the caller's rights: 403 or 404.
  'tenantry.object_exists(regclass,uuid)',
  // Adds rows of the access log and answers nothing; who may call it can add such rows one by one in a scope of each tenant.
  'tenantry.record_accesses(uuid[],text[],uuid[],uuid[],text[],uuid[],text[],text[],text[])',
  // An operator's order for many tenants, by the directory: ids and marks of work; what is done in each is done in its scope.
  'tenantry.begin_bulk_operation(uuid,uuid,jsonb,text,jsonb,uuid[])',
]

/** Enrolled tables that may be unlogged: what is in them is worth nothing after a crash. */
export const disposableRelations: readonly string[] = [
  // What was asked within the last minute.
  'tenantry.rate_leases',
]
