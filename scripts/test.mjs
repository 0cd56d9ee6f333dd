// node scripts/test.mjs [--quick] args… : installs what is missing, then runs the tests; other arguments go to vitest.
import { ensureChromium } from './install-chromium.mjs'
import { runNode24 } from './node24.mjs'

const args = process.argv.slice(2)
const project = args.includes('--quick') ? 'quick' : 'full'
const others = args.filter((argument) => argument !== '--quick')

if (project === 'full') ensureChromium()
await runNode24(['node_modules/vitest/vitest.mjs', 'run', '--project', project, ...others])
