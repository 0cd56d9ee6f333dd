import { defineConfig } from 'vitest/config'
import SlowFirst from './scripts/slow-first.ts'

const beside = ['{platform,client,console,systems,scripts,bench}/**/*.test.ts']
const notOurs = ['**/node_modules/**', 'bench/peers/**']

// A second run, on another PostgreSQL, is of what the database decides: the code that talks to it, the attack, the tour, the commands. The
// rest would be the same again: tests of a PostgreSQL of their own, which is the embedded one, of pages, of guides and of killed processes.
const decidedByDatabase = [
  '{platform,systems}/**/*.test.ts',
  'tests/isolation/attack.test.ts',
  'tests/docs/tour.test.ts',
  'tests/cli/administration.test.ts',
]
const sameOnAnother = [
  'platform/src/{cli,http,testing}/**',
  'platform/src/database/embedded/**',
  'platform/src/telemetry/influx/**',
  'systems/bms/src/on-influx.slow.test.ts',
]

const again = process.env.TEST_ONLY_WHAT_DIFFERS !== undefined
const full = again
  ? { include: decidedByDatabase, exclude: [...notOurs, ...sameOnAnother] }
  : { include: [...beside, 'tests/**/*.test.ts'], exclude: notOurs }

/** A machine that others use too has less time for us: what hangs is found out later there, and nothing fails for being slow. */
const patience = process.env.CI === undefined ? 1 : 3

export default defineConfig({
  test: {
    pool: 'forks', // tests start servers as other users, which threads cannot
    // Two cores, and most of a test's time is waiting for PostgreSQL. A server that is not ours has a hundred connections, as a rule, and three
    // files with servers and nodes of their own can want more.
    maxWorkers: process.env.TEST_DATABASE_URL === undefined ? 3 : 2,
    sequence: { sequencer: SlowFirst },
    globalSetup: ['./platform/src/testing/global-setup.ts'],
    // Promises about time are kept by a machine that has time. What needed another try is named at the end of the run.
    retry: process.env.CI === undefined ? 0 : 2,
    testTimeout: 60_000 * patience,
    hookTimeout: 120_000 * patience, // the first start of a database server
    reporters: ['default', './scripts/summary-reporter.ts'],
    projects: [
      { extends: true, test: { name: 'quick', include: beside, exclude: [...notOurs, '**/*.slow.test.ts'] } },
      { extends: true, test: { name: 'full', ...full } },
    ],
  },
})
