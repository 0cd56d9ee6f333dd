import { createTenantry } from 'tenantry'
import { loadKey } from '../../platform/src/directory/directory-queries.ts'
import { parseKey } from '../../platform/src/keys/key-format.ts'
import { KeyVerifier } from '../../platform/src/keys/key-verifier.ts'
import { bms } from '../../systems/bms/src/system.ts'
import { makeCustomers } from '../database/customers.ts'
import { interleave } from '../interleave.ts'
import type { Bench, Part } from '../part.ts'
import { least, type Result } from '../result.ts'
import { median, ofRounds, ratios } from '../statistics.ts'

/** What it costs to know whose key it is, and that it is live. */
export const keys: Part = {
  name: 'keys',
  title: 'API keys: verified with everything live behind them, beside asking the database for each',
  run: measureKeys,
}

const verifications = 20_000
const lookUps = 300

async function measureKeys({ installation, quick }: Bench): Promise<Omit<Result, 'part'>[]> {
  const customers = await makeCustomers(installation, 200, 1)
  await using open = new AsyncDisposableStack()
  const { directory } = open.adopt(
    await createTenantry({ databaseUrl: installation.appUrl, systems: [bms], configuration: { logLevel: 'silent' } }),
    (each) => each.close(),
  )
  const verifier = new KeyVerifier(directory)
  const credentials = customers.map(({ credential }) => credential)
  for (const credential of credentials) await verifier.verify(credential)
  const ask: Parameters<typeof loadKey>[0] = async (name, text, values) =>
    (await directory.pool.query({ name, text, values: [...values] })).rows
  const measured = await interleave(
    [
      side('ours', verifications, (index) => {
        if (verifier.verify(credentials[index % credentials.length] as string) === undefined) throw refused()
      }),
      side('database', lookUps, async (index) => {
        const credential = credentials[index % credentials.length] as string
        if ((await loadKey(ask, parseKey(credential)?.publicId ?? '')) === undefined) throw refused()
      }),
    ],
    quick ? 6 : 16,
  )
  const [ours, peer] = [measured.get('ours') ?? [], measured.get('database') ?? []]
  return [
    {
      name: 'a key verified, beside a prepared look-up of it, one after the other',
      ours: `${median(ours).toFixed(0)}/s`,
      peer: `${median(peer).toFixed(0)}/s`,
      ...ofRounds(ratios(ours, peer)),
      floor: least(100),
    },
  ]
}

function refused(): Error {
  return new Error('A good key was refused.')
}

function side(name: string, count: number, once: (index: number) => void | Promise<void>) {
  return {
    name,
    measure: async () => {
      const began = performance.now()
      for (let index = 0; index < count; index += 1) {
        const done = once(index)
        if (done !== undefined) await done
      }
      return count / ((performance.now() - began) / 1_000)
    },
  }
}
