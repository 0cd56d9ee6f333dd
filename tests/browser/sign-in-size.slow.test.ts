import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { beforeAll, expect, test } from 'vitest'
import { ensureConsoleBuilt } from '../../scripts/build-console.mjs'

const dist = fileURLToPath(new URL('../../console/dist/', import.meta.url))
/** 130 kB: what a customer waits for before he sees a field, at the end of a slow line. */
const most = 130_000

beforeAll(ensureConsoleBuilt, 240_000)

const sizeOf = (path: string) => gzipSync(readFileSync(`${dist}${path}`), { level: 6 }).length

test('all script of the sign-in page is at most 130 kB, gzipped, its words included', () => {
  const html = readFileSync(`${dist}sign-in.html`, 'utf8')
  const linked = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map((match) => match[1] ?? '')
  expect(linked.length).toBeGreaterThan(1)
  // The words of one language are fetched by what is linked; the largest file of the name is taken.
  const words = ['sign-in', 'welcome'].map((name) =>
    readdirSync(`${dist}assets`)
      .filter((file) => file.startsWith(`${name}-`) && file.endsWith('.js') && !linked.includes(`assets/${file}`))
      .map((file) => sizeOf(`assets/${file}`))
      .reduce((largest, size) => Math.max(largest, size), 0),
  )
  const sizes = Object.fromEntries(linked.map((path) => [path, sizeOf(path)]))
  const sum = [...Object.values(sizes), ...words].reduce((total, size) => total + size, 0)
  expect(sum, JSON.stringify(sizes)).toBeLessThanOrEqual(most)
})

test('the sign-in page loads no component library, no router, no query library and no charts', () => {
  const html = readFileSync(`${dist}sign-in.html`, 'utf8')
  const linked = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map((match) => match[1] ?? '')
  const text = linked.map((path) => readFileSync(`${dist}${path}`, 'utf8')).join('\n')
  for (const trace of ['MantineProvider', 'mantine-AppShell', 'QueryClientProvider', 'RouterProvider', 'uPlot'])
    expect(text).not.toContain(trace)
})
