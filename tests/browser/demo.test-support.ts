import type { Page } from 'playwright-core'
import { ensureConsoleBuilt } from '../../scripts/build-console.mjs'
import { type Project, project, start } from '../cli/processes.ts'
import { stillness } from './browser.test-support.ts'

export interface RunningDemo {
  /** `http://localhost:4400` with the port that it took. */
  readonly origin: string
  /** `('northwind', '/brand')` */
  readonly addressOf: (slug: string, path?: string) => string
  readonly stop: () => Promise<void>
}

/** The demo as `npm start` starts it, in a folder of its own and on a free port. */
export async function startDemo(): Promise<RunningDemo> {
  await ensureConsoleBuilt()
  const here: Project = project()
  const dev = start(['dev', '--port', '0'], { cwd: here.folder })
  try {
    const { port } = new URL(await dev.address())
    await written(() => dev.log.includes('Ctrl-C'))
    return {
      origin: `http://localhost:${port}`,
      addressOf: (slug, path = '/') => `http://${slug}.localhost:${port}${path}`,
      async stop() {
        await dev.stop()
        here.remove()
      },
    }
  } catch (error) {
    await dev.stop()
    here.remove()
    throw error
  }
}

async function written(isThere: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 120_000; !isThere(); await new Promise((resolve) => setTimeout(resolve, 50)))
    if (Date.now() > deadline) throw new Error('The demo is not ready.')
}

/** One click by the words that a person reads: a button, a link, or an item of the menu. */
export async function click(page: Page, words: string): Promise<void> {
  const name = new RegExp(`^${words.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}`)
  const target = page.getByRole('button', { name }).or(page.getByRole('link', { name })).or(page.getByRole('menuitem', { name }))
  await target.first().click()
  await page.waitForTimeout(300) // a click on a link begins a navigation in its own time
  await stillness(page)
}
