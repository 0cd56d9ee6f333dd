import { Client } from 'pg'
import { refusalsOf } from '../database/refusals.ts'
import { roleNames } from '../database/role-names.ts'
import { readAcceptedFindings } from '../isolation/doctor/accepted.ts'
import { examine } from '../isolation/doctor/examine.ts'
import type { Report } from '../isolation/doctor/report.ts'
import type { SystemDefinition } from '../system.ts'

/** The server does not start: each reason says what to do. */
export class StartRefused extends Error {
  readonly reasons: readonly string[]

  constructor(reasons: readonly string[]) {
    super(['Tenantry does not start on this database:', ...reasons.map((reason) => `  - ${reason}`)].join('\n'))
    this.name = 'StartRefused'
    this.reasons = reasons
  }
}

export interface DatabaseAddresses {
  readonly databaseUrl: string
  readonly adminUrl?: string | undefined
}

/**
 * Looks, as the app role itself, at what that role could do. A role that sees more than it should, or a wall that is down,
 * refuses the start; weak findings do not.
 *
 * @throws StartRefused
 */
export async function checkStart(addresses: DatabaseAddresses): Promise<void> {
  refuseOtherRoles(addresses)
  const refusals = await asApp(addresses, (client) => refusalsOf(client))
  if (refusals.length > 0) throw new StartRefused(refusals.map(({ message }) => message))
}

/** By its name first: what speaks against the owner as a server's role is no reason to change the owner. */
function refuseOtherRoles({ databaseUrl, adminUrl }: DatabaseAddresses): void {
  try {
    roleNames(databaseUrl, adminUrl)
  } catch (error) {
    throw new StartRefused([(error as Error).message])
  }
}

export interface Examination {
  readonly systems: readonly SystemDefinition[]
  /** As `TENANTRY_ACCEPTED_FINDINGS` names it. */
  readonly acceptedFile: string | undefined
}

/** The doctor's report on this database, with the app role's eyes. */
export async function examineDatabase(addresses: DatabaseAddresses, { systems, acceptedFile }: Examination): Promise<Report> {
  const { app, directory, identity, owner } = roleNames(addresses.databaseUrl, addresses.adminUrl)
  const options = {
    appRole: app,
    directoryRole: directory,
    identityRole: identity,
    ownerRole: owner,
    accepted: acceptedFile === undefined ? [] : await readAcceptedFindings(acceptedFile),
    reviewed: systems.flatMap((system) => ofItsOwn(system, system.reviewed ?? [], ({ relation }) => relation)),
    globalUniques: systems.flatMap((system) => ofItsOwn(system, system.globalUniques ?? [], (column) => column)),
  }
  return asApp(addresses, (client) => examine(client, options))
}

/** A system vouches for its own tables; not for those of the platform or of its neighbours. */
function ofItsOwn<T>({ name }: SystemDefinition, entries: readonly T[], objectOf: (entry: T) => string): readonly T[] {
  const foreign = entries.map(objectOf).find((object) => !object.startsWith(`${name}.`))
  if (foreign === undefined) return entries
  throw new StartRefused([
    `The system ${name} reviews ${foreign}, which is not in its schema. Have the system that owns it say so.`,
  ])
}

/** @throws StartRefused when rows could cross between tenants. */
export function refuseLeaks(report: Report): void {
  const leaks = report.findings.filter(({ weight }) => weight === 'leak')
  if (leaks.length === 0) return
  throw new StartRefused(leaks.map(({ object, what, mend }) => `${object}: ${what} Mend: ${mend}`))
}

async function asApp<T>({ databaseUrl }: DatabaseAddresses, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: databaseUrl, application_name: 'tenantry start' })
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
