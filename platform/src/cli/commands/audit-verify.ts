import { createReadStream, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { readAuditKeys } from '../../audit/proof/statements.ts'
import { type Evidence, verifyExport } from '../../audit/proof/verify-export.ts'
import type { Call } from '../command.ts'
import { facts } from '../output.ts'
import { type ExitCode, Refusal } from '../refusal.ts'

/** Needs no database and no network: whoever has the three files can do it. */
export async function run({ arguments: [file = ''], options, out }: Call): Promise<ExitCode> {
  const checkpoints = readJson(options.required('checkpoints'))
  const keys = readKeys(options.required('key'))
  const report = await verifyFile(file, { checkpoints, keys })
  const { findings, notes, ...numbers } = report
  out.result({ verified: findings.length === 0, ...report }, () =>
    [
      ...findings.map(({ code, segment, entry, message }) =>
        [code, segment === undefined ? '' : `segment ${segment}`, entry === undefined ? '' : `entry ${entry}`, message]
          .filter((part) => part !== '')
          .join('  '),
      ),
      ...notes,
      facts(numbers),
      findings.length === 0 ? 'Verified.' : `Not verified: ${findings.length} findings.`,
    ].join('\n'),
  )
  return findings.length === 0 ? 0 : 1
}

async function verifyFile(file: string, evidence: Omit<Evidence, 'lines'>) {
  const input = createReadStream(file)
  const opened = new Promise<never>((_resolve, reject) => {
    input.once('error', (error) => reject(new Refusal('file', error.message)))
  })
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
  return Promise.race([verifyExport({ lines, ...evidence }), opened])
}

function readKeys(file: string) {
  try {
    return readAuditKeys(readJson(file))
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw new Refusal('file', `${file} holds no public keys, as /.well-known/audit-keys.json gives them.`)
  }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new Refusal('file', `${file} cannot be read: ${(error as Error).message}`)
  }
}
