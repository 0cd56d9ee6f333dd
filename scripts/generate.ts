// npm run generate: writes what is made from the code: openapi.json, the SDK's types, the catalogue of the database.
// With --check it writes nothing and fails, saying why, when one of them is not up to date.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createOpenApi } from '../platform/src/http/openapi.ts'
import { problems as platformProblems } from '../platform/src/problems/catalogue.ts'
import { allRoutes } from '../platform/src/server/all-routes.ts'
import type { SystemDefinition } from '../platform/src/system.ts'
import { areTypesOf, makeTypes } from './sdk-types.ts'

const root = new URL('..', import.meta.url)
const documentFile = new URL('openapi.json', root)
const typesFile = new URL('client/src/schema.d.ts', root)
const catalogueScript = new URL('scripts/generate-catalogue.ts', root)
const checking = process.argv.includes('--check')

const systems = await loadSystems()
const tables = systems.flatMap(({ problems }) => (problems ? [problems] : []))
const document = createOpenApi({ routes: allRoutes(systems), problems: tables })
const documentText = `${JSON.stringify(document, null, 2)}\n`

if (checking) {
  if (read(documentFile) !== documentText) tellStale('openapi.json')
  if (!areTypesOf(read(typesFile), documentText)) tellStale('client/src/schema.d.ts')
} else {
  writeFileSync(documentFile, documentText)
  if (!areTypesOf(read(typesFile), documentText)) writeFileSync(typesFile, await makeTypes(documentFile, documentText))
}
tellStalePages([platformProblems, ...tables].flatMap(Object.keys))
runCatalogue()

/** Each folder of `systems/` declares itself in `src/system.ts` under its own name. */
async function loadSystems(): Promise<SystemDefinition[]> {
  const folder = new URL('systems/', root)
  const names = readdirSync(folder).filter((name) => existsSync(new URL(`${name}/src/system.ts`, folder)))
  return Promise.all(
    names.sort().map(async (name) => {
      const module: Record<string, SystemDefinition> = await import(new URL(`${name}/src/system.ts`, folder).href)
      const system = module[name]
      if (!system) throw new Error(`systems/${name}/src/system.ts exports no ${name}.`)
      return system
    }),
  )
}

/** The pages are kept by hand, so they are only compared: each code has one, and no page is left of a code that went. */
function tellStalePages(codes: readonly string[]): void {
  const pages = readdirSync(new URL('docs/errors/', root)).map((name) => name.replace(/\.md$/, ''))
  const missing = codes.filter((code) => !pages.includes(code))
  const left = pages.filter((page) => !codes.includes(page))
  if (missing.length > 0) fail(`docs/errors/ has no page for ${missing.join(', ')}. Write one like its neighbours.`)
  if (left.length > 0) fail(`docs/errors/ has pages of codes that no catalogue has: ${left.join(', ')}.`)
}

function runCatalogue(): void {
  if (!existsSync(catalogueScript)) return
  const { status } = spawnSync(process.execPath, [fileURLToPath(catalogueScript), ...(checking ? ['--check'] : [])], {
    stdio: 'inherit',
  })
  if (status !== 0) process.exitCode = 1
}

function read(file: URL): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

function tellStale(file: string): void {
  fail(`${file} is not what the routes make. Run npm run generate, and read its diff before you commit it.`)
}

function fail(sentence: string): void {
  console.error(sentence)
  process.exitCode = 1
}
