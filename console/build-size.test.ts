import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, expect, test } from 'vitest'
import { ensureConsoleBuilt } from '../scripts/build-console.mjs'

interface Chunk {
  readonly file: string
  readonly imports?: readonly string[]
  readonly dynamicImports?: readonly string[]
}

const dist = join(import.meta.dirname, 'dist')
let chunks: Readonly<Record<string, Chunk>>

beforeAll(async () => {
  await ensureConsoleBuilt()
  chunks = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'))
}, 120_000)

/** All that comes with these, less what they only fetch when it is needed. */
function closure(names: readonly string[], found = new Set<string>()): Set<string> {
  for (const name of names) {
    if (found.has(name)) continue
    found.add(name)
    closure(chunks[name]?.imports ?? [], found)
  }
  return found
}

/** In thousands of bytes, as they travel to a browser that takes gzip alone. */
function size(names: ReadonlySet<string>): number {
  const files = new Set([...names].map((name) => chunks[name]?.file ?? '').filter((file) => file.endsWith('.js')))
  return [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, file))).length, 0) / 1000
}

const words = (...names: string[]) => names.flatMap((name) => [`src/locales/de/${name}.json`]) // the longer language

test('what the sign-in page can ever ask for is at most 130 kB', () => {
  const reachable = new Set<string>()
  const queue = ['sign-in.html']
  for (const name of queue) {
    if (reachable.has(name)) continue
    reachable.add(name)
    const { imports = [], dynamicImports = [] } = chunks[name] ?? {}
    // Words of other pages are never asked for here.
    queue.push(...imports, ...dynamicImports.filter((each) => !each.startsWith('src/locales/')))
  }
  const all = closure([...reachable, ...words('sign-in', 'welcome')])
  console.log(`sign-in: ${size(closure(['sign-in.html'])).toFixed(0)} kB at once, ${size(all).toFixed(0)} kB in all`)
  expect(size(all)).toBeLessThanOrEqual(130)
})

test('the sign-in page comes without component library, router, query library and charts', () => {
  const textOf = (names: ReadonlySet<string>) =>
    [...names].map((name) => readFileSync(join(dist, chunks[name]?.file ?? ''), 'utf8')).join('\n')
  const traces = ['MantineProvider', 'QueryClientProvider', '__TSR', 'u-over']
  const found = (names: readonly string[]) => traces.filter((trace) => textOf(closure(names)).includes(trace))
  expect(found(['portal.html', 'src/charts/uplot-canvas.tsx'])).toEqual(traces)
  expect(found(['sign-in.html'])).toEqual([])
})

test.each([
  ['operator.html', 'src/operator/overview/overview-page.tsx', ['overview']],
  ['portal.html', 'src/portal/overview/overview-page.tsx', ['dashboard', 'views']],
])('the first page of %s is at most 300 kB, and no chart is among it', (entry, page, spoken) => {
  expect(chunks[page]).toBeDefined()
  const first = closure([entry, page, ...words('common', 'pages', ...spoken)])
  console.log(`${entry}: ${size(closure([entry])).toFixed(0)} kB before the page, ${size(first).toFixed(0)} kB with it`)
  expect(size(first)).toBeLessThanOrEqual(300)
  const charts = [...first].map((name) => chunks[name]?.file ?? '').filter((file) => isChart(file))
  expect(charts).toEqual([])
})

/** By what is in it, whatever it is called. */
function isChart(file: string): boolean {
  return file.endsWith('.js') && /u-over|zrender|echarts/.test(readFileSync(join(dist, file), 'utf8'))
}

test('charts are in the build', () => {
  expect(Object.values(chunks).filter(({ file }) => isChart(file)).length).toBeGreaterThanOrEqual(2)
})
