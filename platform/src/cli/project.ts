import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Tenantry } from '../server/create-tenantry.ts'
import type { SystemDefinition } from '../system.ts'
import { Refusal, usage } from './refusal.ts'

/** What a `tenantry.config.ts` exports: which systems an installation runs, and the demo that `tenantry dev` shows. */
export interface ProjectDefinition {
  readonly systems: readonly SystemDefinition[]
  readonly demo?: Demo
}

/** A demo: made once, then kept alive by simulators that use the public API with keys of their own. */
export interface Demo {
  /** Makes what is missing, all of it or a rest; run again it changes nothing. */
  seed(tenantry: Tenantry): Promise<readonly DemoTenant[]>
  /** New keys for a tenant whose keys nobody has any more; the old ones die. */
  renewKeys(tenantry: Tenantry, tenantId: string): Promise<DemoKeys>
  /** The people of the demo, with new passwords; the old ones are none any more. */
  renewPeople?(tenantry: Tenantry): Promise<readonly DemoPerson[]>
  simulate(options: {
    readonly baseUrl: string
    readonly key: string
    readonly tenant: string
    readonly log: (line: string) => void
  }): Promise<Simulation>
}

export interface DemoTenant {
  readonly tenantId: string
  readonly slug: string
  readonly name: string
  /** Set when they were made just now: nobody can be shown them a second time. */
  readonly keys: DemoKeys | undefined
}

export interface DemoPerson {
  readonly email: string
  readonly name: string
  readonly password: string
  /** By the slug of the tenant. */
  readonly roles: Readonly<Record<string, string>>
}

export interface DemoKeys {
  /** For whoever tries the demo: everything in the tenant. */
  readonly developer: string
  /** For the simulator: what it needs and no more. */
  readonly simulator: string
}

export interface Simulation {
  readonly stop: () => Promise<void>
}

export interface Project extends ProjectDefinition {
  /** The folder of the file; `.tenantry/` below it holds the embedded database. */
  readonly root: string
}

const fileName = 'tenantry.config.ts'

/** @throws Refusal when there is no such file or it exports no systems. */
export async function loadProject(given: string | undefined): Promise<Project> {
  const file = given === undefined ? findUpwards(process.cwd()) : resolve(given)
  if (!existsSync(file)) throw usage(`There is no ${file}.`)
  const module = (await import(pathToFileURL(file).href)) as Partial<ProjectDefinition>
  if (!Array.isArray(module.systems)) {
    throw new Refusal('no_systems', `${file} must say which systems run: export const systems = [bms]`)
  }
  return {
    systems: module.systems,
    ...(module.demo === undefined ? {} : { demo: module.demo }),
    root: dirname(file),
  }
}

function findUpwards(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const file = join(folder, fileName)
    if (existsSync(file)) return file
    if (dirname(folder) === folder) {
      throw usage(
        `There is no ${fileName} in ${from} or above. Write one (export const systems = [bms]), or name it by --config.`,
      )
    }
  }
}
