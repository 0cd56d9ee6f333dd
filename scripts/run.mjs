// node scripts/run.mjs <file.ts> args… : installs what is missing, then runs the file on Node 24.
import { runNode24 } from './node24.mjs'

await runNode24(process.argv.slice(2))
