import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { Problem } from 'tenantry'
import { ApiRefusal, BmsApi } from '../api/bms-api.ts'
import { ImportError } from './import-error.ts'
import { kinds, readKind } from './kinds.ts'
import { progressOn } from './progress.ts'
import { sendPoints } from './send-points.ts'

const help = `Sends building data to Tenantry.

  import <kind> <file> --url <address> --building <id or name> [--start <local time>] --zone <zone>

  kind        ${Object.entries(kinds)
    .map(([name, kind]) => `${name.padEnd(20)}${kind.about}`)
    .join('\n              ')}
  --start     where the file has no times: local time of its first hour's beginning, 2016-07-31T23:00
  --zone      zone of the file's clock: America/Los_Angeles, or -05:00 for a clock that is never changed
  --url       address of the server
  TENANTRY_KEY in the environment holds an API key that may read buildings and write points

Run it again after a failure: what arrived is not stored twice.
`

export async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: withWesternZones(args),
    allowPositionals: true,
    options: {
      url: { type: 'string' },
      building: { type: 'string' },
      start: { type: 'string' },
      zone: { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  const [kind, file] = positionals
  const { url, building, zone, start } = values
  const key = process.env.TENANTRY_KEY
  if (values.help || !kind || !file || !url || !building || !zone || !key || !(kind in kinds)) {
    process.stderr.write(key || values.help ? help : `TENANTRY_KEY is not set.\n\n${help}`)
    return values.help ? 0 : 2
  }
  const api = new BmsApi({ baseUrl: url, key })
  const buildingId = await findBuilding(api, building)
  const { size } = await stat(file)
  const bytes = createReadStream(file)
  const progress = progressOn(process.stderr, basename(file))
  const sent = await sendPoints(api, buildingId, readKind(kind, bytes, { start, zone }), ({ points }) =>
    progress.show(bytes.bytesRead / size, points),
  )
  progress.finish(`${basename(file)}: ${sent.points} points sent, ${sent.stored} of them new`)
  return 0
}

/** `--zone -05:00` is what anybody would type; the parser takes the value for an option unless it is tied to its name. */
function withWesternZones(args: readonly string[]): string[] {
  const at = args.indexOf('--zone')
  const zone = args[at + 1]
  return at === -1 || zone === undefined ? [...args] : [...args.slice(0, at), `--zone=${zone}`, ...args.slice(at + 2)]
}

async function findBuilding(api: BmsApi, wanted: string): Promise<string> {
  const found = (await api.buildings()).filter(({ id, name }) => id === wanted || name === wanted)
  const [building] = found
  if (building && found.length === 1) return building.id
  throw new RangeError(
    building ? `${found.length} buildings are called "${wanted}"; give the id.` : `There is no building "${wanted}".`,
  )
}

/** What the file, the caller or the server got wrong is one line; anything else is a fault of ours, with its place. */
function tell(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof TypeError && error.message === 'fetch failed')
    return `The server cannot be reached: ${messageOf(error.cause)}`
  const expected =
    [ImportError, ApiRefusal, Problem, RangeError].some((kind) => error instanceof kind) ||
    'syscall' in error ||
    isUsageError(error)
  return expected ? error.message : (error.stack ?? error.message)
}

function isUsageError(error: Error): boolean {
  return 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message || cause.name : String(cause)
}

if (import.meta.main) {
  main(process.argv.slice(2)).then(
    (code) => {
      process.exitCode = code
    },
    (error: unknown) => {
      process.stderr.write(`\n${tell(error)}\n`)
      process.exitCode = 1
    },
  )
}
