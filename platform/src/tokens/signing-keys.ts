import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import type { Directory } from '../directory/directory.ts'
import type { SigningKeyEntry, SigningKeysEntry } from '../directory/people-entries.ts'
import { isPromise } from '../http/eventual.ts'
import type { SecretBox } from '../secrets/secret-box.ts'
import { makeFirstKey, placeOfKey, replaceKey, rewrapSigningKeys } from './signing-key-queries.ts'

/** Milliseconds that the longest token lives, and a minute for clocks: a retired key is known until then. */
const lastToken = 61 * 60_000

const none: SigningKeysEntry = { keys: [] }

export interface SigningKeys {
  /** The newest key; made now if there is none yet. @throws not_configured without a master key */
  current(): Promise<{ readonly id: string; readonly key: KeyObject }>
  /** All keys there are; another object when anything about them changed. */
  known(): SigningKeysEntry | Promise<SigningKeysEntry>
  /** What a token of this key id is checked with. Undefined for one that is not published any more, or never was. */
  publicKey(known: SigningKeysEntry, id: string): KeyObject | undefined
  jwks(): Promise<{ readonly keys: readonly Readonly<Record<string, unknown>>[] }>
  /** Answers the id of the new key. @throws not_configured */
  rotate(dropOld: boolean): Promise<string>
  /** Seals them with the newest master key. Answers how many were not. */
  rewrap(): Promise<number>
}

/** The directory keeps the keys of all nodes in step; what is made of them here is remembered as long as the entry is. */
export function createSigningKeys(directory: Directory, secrets: SecretBox): SigningKeys {
  const publicKeys = new WeakMap<SigningKeyEntry, KeyObject>()
  const privateKeys = new WeakMap<SigningKeyEntry, KeyObject>()
  const isPublished = ({ retiredAt }: SigningKeyEntry) => retiredAt === undefined || directory.clock() < retiredAt + lastToken
  const entries = async () => ((await directory.signingKeys()) ?? none).keys
  return {
    async current() {
      const find = async () => (await entries()).find(({ retiredAt }) => retiredAt === undefined)
      let entry = await find()
      if (entry === undefined) {
        await makeFirstKey(directory.pool, secrets)
        await directory.catchUp()
        entry = await find()
      }
      if (entry === undefined) throw new Error('The first signing key was made and cannot be read.')
      const known = privateKeys.get(entry)
      const key = known ?? privateHalf(secrets, entry)
      if (known === undefined) privateKeys.set(entry, key)
      return { id: entry.id, key }
    },

    known() {
      const found = directory.signingKeys()
      return isPromise(found) ? found.then((keys = none) => keys) : (found ?? none)
    },

    publicKey(known, id) {
      const entry = known.keys.find((key) => key.id === id)
      if (entry === undefined || !isPublished(entry)) return undefined
      const key = publicKeys.get(entry) ?? createPublicKey({ key: entry.publicKey as JsonWebKey, format: 'jwk' })
      publicKeys.set(entry, key)
      return key
    },

    jwks: async () => ({ keys: (await entries()).filter(isPublished).map(({ publicKey }) => publicKey) }),

    async rotate(dropOld) {
      const id = await replaceKey(directory.pool, secrets, dropOld)
      await directory.catchUp()
      return id
    },

    rewrap: () => rewrapSigningKeys(directory.pool, secrets),
  }
}

function privateHalf(secrets: SecretBox, { id, sealed }: SigningKeyEntry): KeyObject {
  return createPrivateKey({ key: secrets.open('signing-key', placeOfKey(id), sealed), type: 'pkcs8', format: 'der' })
}
