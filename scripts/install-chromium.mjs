// Tests in a browser need one. Where a machine lets us, it is installed; where it does not, the tests say that they are skipped.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** As tests/browser/chromium.test-support.ts looks for it. */
const places = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
]
const patience = 300_000

/** Only as root, and only with apt: nobody's machine is changed by a test that could not have asked. */
export function ensureChromium() {
  if (places.some((place) => place && existsSync(place))) return
  const why = whyNot() ?? install()
  if (why !== undefined) console.error(`Tests in a browser are SKIPPED: ${why}. Install Chromium, or name one in CHROMIUM_PATH.`)
}

function whyNot() {
  if (process.getuid?.() !== 0) return 'there is no Chromium, and only root may install it'
  if (!existsSync('/usr/bin/apt-get')) return 'there is no Chromium, and no apt-get to install it'
  return undefined
}

function install() {
  console.error('Installing Chromium for the tests in a browser; at most five minutes.')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...args) => spawnSync('apt-get', args, { env, stdio: 'ignore', timeout: patience }).status === 0
  const wanted = ['install', '-y', '--no-install-recommends', 'chromium']
  return apt(...wanted) || (apt('update') && apt(...wanted)) ? undefined : 'Chromium could not be installed'
}
