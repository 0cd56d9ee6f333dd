/**
 * Dependency direction as a check: each layer of ARCHITECTURE.md may import from the layers it names and no other.
 * Run by `npm run check`; prints the offending import with the reason.
 */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Layer {
  readonly folders: readonly string[]
  readonly mayImport: readonly string[]
  readonly because: string
}

const features = [
  'tenants',
  'keys',
  'access',
  'limits',
  'plans',
  'audit',
  'events',
  'jobs',
  'mail',
  'branding',
  'operators',
  'bulk',
  'resources',
  'telemetry',
  'idempotency',
  'secrets',
  'outbound',
  'webhooks',
  'usage',
  'settings',
  'notifications',
  'domains',
  'differences',
  'identity',
  'tokens',
  'members',
  'maintenance',
  'health',
  'cache',
  'traffic',
  'tenant-health',
  'periods',
  'billing',
  'quotas',
  'views',
  'operations',
]

/** Declarations that every layer shares: types and codes without behaviour. */
const contracts = [
  'problems',
  'configuration',
  'access/principal.ts',
  'directory/entries.ts',
  'http/route.ts',
  'system.ts',
  'bounded.ts',
]
const foundations = [...contracts, 'isolation', 'database', 'directory', 'http']

const layers: readonly Layer[] = [
  { folders: ['problems'], mayImport: ['problems'], because: 'problem codes are the floor: they know nothing else' },
  {
    folders: ['isolation'],
    mayImport: ['isolation', 'problems'],
    because: 'isolation is the part that must be right alone: an embedding application uses it without the rest',
  },
  {
    folders: ['database'],
    mayImport: [...contracts, 'database', 'isolation'],
    because: 'the database layer serves features and knows none',
  },
  {
    folders: ['directory'],
    mayImport: [...contracts, 'directory', 'database', 'isolation'],
    because: 'the directory answers who is who; features ask it, not the reverse',
  },
  {
    folders: ['http'],
    mayImport: [...contracts, 'http', 'isolation'],
    because: 'http knows no feature: the server layer hands it a pipeline',
  },
  {
    folders: features,
    mayImport: [...foundations, ...features, 'jobs/job.ts', 'events/event.ts', 'resources/resource.ts', 'ids.ts'],
    because: 'a feature may use foundations and other features, never the server or the command line above it',
  },
  {
    folders: ['server'],
    mayImport: [...foundations, ...features, 'server', 'ids.ts'],
    because: 'the server assembles; only the command line stands above it',
  },
]

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s+['"]([^'"]+)['"]/g

function importsOf(file: string): string[] {
  return [...readFileSync(join(root, file), 'utf8').matchAll(importPattern)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  )
}

function within(path: string, entry: string): boolean {
  return path === entry || path.startsWith(`${entry}/`)
}

const offences: string[] = []

for (const file of globSync('platform/src/**/*.ts', { cwd: root })) {
  if (file.endsWith('.test.ts') || file.endsWith('.test-support.ts') || file.includes('/testing/')) continue
  const path = file.slice('platform/src/'.length)
  const layer = layers.find(({ folders }) => folders.some((folder) => within(path, folder)))
  if (!layer || contracts.some((entry) => entry.endsWith('.ts') && path === entry)) continue
  for (const specifier of importsOf(file)) {
    if (!specifier.startsWith('.')) continue
    const target = normalize(join(dirname(path), specifier))
    if (!layer.mayImport.some((entry) => within(target, entry))) {
      offences.push(`${file} imports ${target}: ${layer.because}`)
    }
  }
}

for (const file of globSync('systems/*/src/**/*.ts', { cwd: root })) {
  const system = file.split('/').slice(0, 2).join('/')
  for (const specifier of importsOf(file)) {
    const reachesOut = specifier.startsWith('.') && !normalize(join(dirname(file), specifier)).startsWith(system)
    const intoPlatform =
      specifier.startsWith('tenantry/') &&
      specifier !== 'tenantry/reading' &&
      !(specifier === 'tenantry/testing' && /\.test(-support)?\.ts$/.test(file))
    if (reachesOut || intoPlatform) {
      offences.push(
        `${file} imports ${specifier}: a system stands on the package 'tenantry' alone, as anybody's application does`,
      )
    }
  }
}

for (const offence of offences) console.error(offence)
if (offences.length > 0) {
  console.error(`${offences.length} imports against the arrows of ARCHITECTURE.md`)
  process.exitCode = 1
}
