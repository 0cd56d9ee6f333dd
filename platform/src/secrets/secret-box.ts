import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'

/** Where a secret belongs: tenant, table, column, row. It opens nowhere else. Ids that we made, never text that a user chose. */
export type Place = readonly [string, ...string[]]

/**
 * Seals what has to be read again (private keys, secrets of connectors, mails that wait) and makes codes that need not be kept.
 * AES-256-GCM and HMAC-SHA-256 with keys derived per purpose; the first master key seals, the others still open.
 */
export interface SecretBox {
  /** Version, nonce, ciphertext and tag, to be stored as bytes. */
  seal(purpose: string, place: Place, secret: Uint8Array): Buffer
  /** @throws SecretUnreadable for another place or purpose, a changed text, or a master key that is gone */
  open(purpose: string, place: Place, sealed: Uint8Array): Buffer
  /** Version of the key that seals; the first byte of what it sealed. */
  readonly newest: number
  /** The same secret sealed with the newest key; undefined where it was already. @throws SecretUnreadable */
  rewrap(purpose: string, place: Place, sealed: Uint8Array): Buffer | undefined
  /** 32 bytes that only we can make of the message. */
  code(purpose: string, message: string): Buffer
  /** Whether a code was made here, with any of the keys. In constant time. */
  isCode(purpose: string, message: string, code: Uint8Array): boolean
}

export class SecretUnreadable extends Error {
  override readonly name = 'SecretUnreadable'
}

export interface MasterKey {
  /** 1 to 255, stored with what it sealed. */
  readonly version: number
  /** 32 random bytes. */
  readonly key: Uint8Array
}

const nonceBytes = 12
const tagBytes = 16

/** @param keys newest first; at least one */
export function createSecretBox(keys: readonly [MasterKey, ...MasterKey[]]): SecretBox {
  const [newest] = keys
  const derived = new Map<string, Buffer>()

  function keyFor({ version, key }: MasterKey, use: string): Buffer {
    const name = `${version} ${use}`
    const known = derived.get(name) ?? Buffer.from(hkdfSync('sha256', key, '', `tenantry ${use}`, 32))
    derived.set(name, known)
    return known
  }
  const codeWith = (master: MasterKey, purpose: string, message: string) =>
    createHmac('sha256', keyFor(master, `code ${purpose}`))
      .update(message)
      .digest()

  const box: SecretBox = {
    newest: newest.version,

    rewrap: (purpose, place, sealed) =>
      sealed[0] === newest.version ? undefined : box.seal(purpose, place, box.open(purpose, place, sealed)),

    seal(purpose, place, secret) {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', keyFor(newest, `seal ${purpose}`), nonce, { authTagLength: tagBytes })
      cipher.setAAD(bytesOf(place))
      return Buffer.concat([Buffer.of(newest.version), nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()])
    },

    open(purpose, place, sealed) {
      const master = keys.find(({ version }) => version === sealed[0])
      if (master === undefined) throw new SecretUnreadable('The master key that sealed this secret is not configured.')
      const end = sealed.length - tagBytes
      const nonce = sealed.subarray(1, 1 + nonceBytes)
      try {
        const cipher = createDecipheriv('aes-256-gcm', keyFor(master, `seal ${purpose}`), nonce, { authTagLength: tagBytes })
        cipher.setAAD(bytesOf(place))
        cipher.setAuthTag(sealed.subarray(end))
        return Buffer.concat([cipher.update(sealed.subarray(1 + nonceBytes, end)), cipher.final()])
      } catch (cause) {
        throw new SecretUnreadable('A secret cannot be opened: it was changed, or belongs to another place.', { cause })
      }
    },

    code: (purpose, message) => codeWith(newest, purpose, message),

    isCode(purpose, message, code) {
      const matches = keys.map((master) => {
        const expected = codeWith(master, purpose, message)
        return expected.length === code.length && timingSafeEqual(expected, code)
      })
      return matches.includes(true)
    },
  }
  return box
}

/** Lengths are part of it, so that no two places are written alike. */
function bytesOf(place: Place): Buffer {
  return Buffer.from(JSON.stringify(place))
}
