import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What WCAG 2.2 AA has against a page, a line for each: rule and place. */
export async function faultsIn(page: Page): Promise<string[]> {
  await page.evaluate(source)
  const { violations } = (await page.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })`,
  )) as AxeResults
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary}`),
  )
}

/** What makes the page scroll sideways, and by how many pixels; empty while it does not. */
export function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    if (document.documentElement.scrollWidth <= innerWidth) return []
    const reach = (element: Element) => {
      const { left, right } = element.getBoundingClientRect()
      // Beyond the other side is where a closed menu waits: nobody can scroll there.
      return Math.round(document.dir === 'rtl' ? -left : right - innerWidth)
    }
    const wide = [...document.querySelectorAll('body *')].filter((each) => reach(each) > 0)
    // What holds it is wide because of it.
    const innermost = wide.filter((each) => !wide.some((other) => other !== each && each.contains(other)))
    return innermost.slice(0, 5).map((each) => `${reach(each)} pixels too wide: ${each.outerHTML.slice(0, 120)}`)
  })
}
