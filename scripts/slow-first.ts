import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * The long files first, for one that begins last is waited for by all other cores; those with a browser, each of which could keep
 * all cores busy, one at a time among the others.
 */
export default class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = (await super.sort(files)).sort((one, other) => rank(one.moduleId) - rank(other.moduleId))
    const [withBrowser = [], others = []] = [true, false].map((is) => sorted.filter((file) => hasBrowser(file.moduleId) === is))
    const step = others.length / Math.max(1, withBrowser.length)
    return [...others.entries()]
      .map(([place, file]) => ({ file, place }))
      .concat(withBrowser.map((file, index) => ({ file, place: index * step - 0.5 })))
      .sort((one, other) => one.place - other.place)
      .map(({ file }) => file)
  }
}

const hasBrowser = (file: string) => file.includes('/tests/browser/')

function rank(file: string): number {
  if (file.includes('/tests/isolation/')) return 0
  return file.includes('/tests/') || file.endsWith('.slow.test.ts') ? 1 : 2
}
