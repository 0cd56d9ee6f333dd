import { defineConfig } from 'vitest/config'

const beside = ['{platform,client,console,systems,scripts,bench}/**/*.test.ts']
const notOurs = ['**/node_modules/**', 'bench/peers/**']

// A second run, on another PostgreSQL, leaves out what would be the same again: tests whose PostgreSQL is always the embedded one, and
// those of pages, which know the API alone.
const sameOnAnother = ['tests/browser/**', 'tests/faults/**', 'tests/cli/dev.test.ts', 'tests/cli/start-page.slow.test.ts']
const leftOut = process.env.TEST_ONLY_WHAT_DIFFERS === undefined ? [] : sameOnAnother

export default defineConfig({
  test: {
    pool: 'forks', // tests start servers as other users, which threads cannot
    // Two cores, and most of a test's time is waiting for PostgreSQL. A server that is not ours has a hundred connections, as a rule, and three
    // files with servers and nodes of their own can want more.
    maxWorkers: process.env.TEST_DATABASE_URL === undefined ? 3 : 2,
    globalSetup: ['./platform/src/testing/global-setup.ts'],
    // Promises about time are kept by a machine that has time. What needed another try is named at the end of the run.
    retry: process.env.CI === undefined ? 0 : 2,
    testTimeout: 60_000,
    hookTimeout: 120_000, // the first start of a database server
    reporters: ['default', './scripts/summary-reporter.ts'],
    projects: [
      { extends: true, test: { name: 'quick', include: beside, exclude: [...notOurs, '**/*.slow.test.ts'] } },
      { extends: true, test: { name: 'full', include: [...beside, 'tests/**/*.test.ts'], exclude: [...notOurs, ...leftOut] } },
    ],
  },
})
