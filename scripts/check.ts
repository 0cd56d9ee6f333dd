/** `npm run check`: types, lint and format, dependency direction, generated files. Runs all, then fails if any did. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Check {
  readonly name: string
  readonly command: readonly string[]
}

const checks: readonly Check[] = [
  { name: 'types', command: ['node_modules/.bin/tsc', '-p', '.'] },
  { name: 'types of the console', command: ['node_modules/.bin/tsc', '-p', 'console'] },
  { name: 'types of the tests in a browser', command: ['node_modules/.bin/tsc', '-p', 'tests/browser'] },
  { name: 'lint and format', command: ['node_modules/.bin/biome', 'check', '--error-on-warnings', '.'] },
  { name: 'arrows', command: [process.execPath, 'scripts/check-arrows.ts'] },
  { name: 'generated files', command: [process.execPath, 'scripts/generate.ts', '--check'] },
]

let failed = 0
for (const { name, command } of checks) {
  const [program = '', ...parameters] = command
  const started = performance.now()
  const { status } = spawnSync(program, parameters, { cwd: root, stdio: 'inherit' })
  const verdict = status === 0 ? 'ok' : 'FAILED'
  console.log(`${name}: ${verdict} (${((performance.now() - started) / 1000).toFixed(1)} s)`)
  if (status !== 0) failed += 1
}
process.exitCode = failed > 0 ? 1 : 0
