import type { SerializedError } from 'vitest'
import type { Reporter, TestCase, TestModule } from 'vitest/node'

/** Names what was skipped and what passed only when tried again, and ends the run with `N passed, N failed`, which people and .ci/run read. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const passed = tests.filter((test) => test.result().state === 'passed').length
    const failedTests = tests.filter((test) => test.result().state === 'failed').length
    const skipped = tests.filter((test) => test.result().state === 'skipped')
    const failed = failedTests + brokenOutsideTests(modules) + unhandledErrors.length

    const flaky = tests.filter((test) => test.diagnostic()?.flaky)
    const naming = (word: string) => (test: TestCase) => `${word} ${test.module.relativeModuleId} > ${test.fullName}`
    const lines = [...skipped.map(naming('SKIPPED')), ...flaky.map(naming('PASSED WHEN TRIED AGAIN'))]
    const counts = [`${passed} passed`, `${failed} failed`]
    if (skipped.length > 0) counts.push(`${skipped.length} skipped`)
    // On exit, because the other reporters print their own summaries until then.
    process.once('exit', () => process.stdout.write(`\n${[...lines, counts.join(', ')].join('\n')}\n`))
  }
}

/** Files that do not load and hooks that throw: no test says so, and a run with one of them is not green. */
function brokenOutsideTests(modules: readonly TestModule[]): number {
  return modules
    .flatMap((module) => [module, ...module.children.allSuites()])
    .reduce((sum, suite) => sum + suite.errors().length, 0)
}
