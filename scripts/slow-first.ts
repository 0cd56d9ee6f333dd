import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The long files first: one that begins last is waited for by all other cores. */
export default class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.sort((one, other) => rank(one.moduleId) - rank(other.moduleId))
  }
}

function rank(file: string): number {
  if (/\/tests\/(isolation|browser)\//.test(file)) return 0
  return file.includes('/tests/') || file.endsWith('.slow.test.ts') ? 1 : 2
}
