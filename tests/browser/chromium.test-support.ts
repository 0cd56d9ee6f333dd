import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const usual = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable']

const program = [process.env.CHROMIUM_PATH, ...usual].find((path) => path !== undefined && path !== '' && existsSync(path))

/** Where tests in a browser cannot run, why. They say so and are skipped; everything else runs. */
export const chromiumMissing: string | undefined =
  program === undefined
    ? 'SKIPPED, for there is no Chromium on this machine: `apt-get install chromium` brings it, or CHROMIUM_PATH names one'
    : undefined

/**
 * Chromium without a window. It finds `*.localhost` by itself, and treats those hosts as safe even over plain HTTP, so that it
 * keeps the platform's `__Host-` cookie there as it does over TLS.
 */
export function openChromium(extra: readonly string[] = []): Promise<Browser> {
  if (program === undefined) throw new Error(chromiumMissing)
  return chromium.launch({
    executablePath: program,
    headless: true,
    args: [
      '--no-sandbox', // root has none; only our own pages are shown
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...extra,
    ],
  })
}
