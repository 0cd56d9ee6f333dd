/** `npm run screenshots`: makes the pictures of the README in docs/pictures from a demo of its own. Chromium is needed; some minutes. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { openChromium } from '../tests/browser/chromium.test-support.ts'
import { click, startDemo } from '../tests/browser/demo.test-support.ts'

const folder = join(import.meta.dirname, '../docs/pictures')
/** Bytes of one picture: the README is read on slow lines too. */
const most = 200_000

const demo = await startDemo()
const browser = await openChromium()
try {
  mkdirSync(folder, { recursive: true })
  const page = await browser.newPage({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    colorScheme: 'light',
  })
  await page.goto(`${demo.origin}/`)
  await click(page, 'Owner of Northwind Offices')
  await keep(page, 'portal')
  await click(page, 'Buildings')
  await click(page, 'Castle Street')
  await page.locator('.uplot canvas').first().waitFor()
  await keep(page, 'building')
  await click(page, 'Brand')
  await click(page, 'Professional')
  await keep(page, 'brand')
  await page.goto(`${demo.origin}/`)
  await click(page, 'Operator')
  if (new URL(page.url()).pathname === '/sign-in') await click(page, 'Operator')
  await click(page, 'Tenants')
  await keep(page, 'operators')
} finally {
  await browser.close()
  await demo.stop()
}

/** Few colours, as pages have few: a third of the bytes. */
async function keep(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0)
  await page.waitForTimeout(1_000) // what slides in has come to rest
  const picture = await sharp(await page.screenshot())
    .png({ palette: true, colours: 64, effort: 10 })
    .toBuffer()
  if (picture.length > most) throw new Error(`${name}.png has ${picture.length} bytes, and ${most} are the most.`)
  writeFileSync(join(folder, `${name}.png`), picture)
  console.log(`docs/pictures/${name}.png: ${Math.round(picture.length / 1000)} kB`)
}
