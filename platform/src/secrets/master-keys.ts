import { randomBytes } from 'node:crypto'
import { problems } from '../problems/catalogue.ts'
import { createSecretBox, type MasterKey, type SecretBox } from './secret-box.ts'

/**
 * Reads `TENANTRY_MASTER_KEYS`: `<version>:<32 bytes in base64>`, several by commas, the newest first.
 *
 * @throws Error whose message says what would be right, and never what was given
 */
export function readMasterKeys(items: readonly string[]): readonly MasterKey[] {
  const keys = items.map((item): MasterKey => {
    const [, version = '', text = ''] = /^(\d{1,3}):([A-Za-z0-9+/_-]{43}=?)$/.exec(item) ?? []
    const key = Buffer.from(text, 'base64')
    if (Number(version) < 1 || Number(version) > 255 || key.length !== 32) {
      throw new Error(
        'TENANTRY_MASTER_KEYS must be <version>:<32 bytes in base64>, for example as `tenantry master-key` makes one.',
      )
    }
    return { version: Number(version), key }
  })
  if (new Set(keys.map(({ version }) => version)).size < keys.length) {
    throw new Error('TENANTRY_MASTER_KEYS has two keys of one version: give the newer one the next number.')
  }
  return keys
}

/** A new key, as the configuration takes it. */
export function makeMasterKey(version = 1): string {
  return `${version}:${randomBytes(32).toString('base64')}`
}

/** Of the configuration's keys. Without any there is nothing to seal with, and whoever has to is told what to do. */
export function secretBoxOf(items: readonly string[]): SecretBox {
  const [newest, ...older] = readMasterKeys(items)
  return newest === undefined ? noSecretBox : createSecretBox([newest, ...older])
}

function refuse(): never {
  throw problems.not_configured('No master key is configured (option masterKeys): sign-in and secrets need one.')
}

const noSecretBox: SecretBox = {
  get newest() {
    return refuse()
  },
  rewrap: refuse,
  seal: refuse,
  open: refuse,
  code: refuse,
  isCode: refuse,
}
