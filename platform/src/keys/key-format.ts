import { hash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

/**
 * `<prefix>_<public id>_<secret><checksum>`, base62: the public id names the key, the checksum tells a typing mistake or
 * a scanner's false find without a look-up. It is no protection: anybody can compute it.
 */
const publicIdLength = 16
/** 43 base62 characters are 256 bits. */
const secretLength = 43
/** crc32 needs six. */
const checksumLength = 6
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Prefixes are fixed, so that secret scanners can know them. */
export const keyPrefixes = { tenant: 'tnk', operator: 'tno' } as const
export type KeyKind = keyof typeof keyPrefixes

export interface MintedKey {
  /** The whole credential: shown once, stored nowhere. */
  readonly credential: string
  readonly publicId: string
  readonly hash: Buffer
}

/** Makes a new key of 256 random bits. */
export function mintKey(kind: KeyKind): MintedKey {
  const publicId = randomBase62(publicIdLength)
  const body = `${keyPrefixes[kind]}_${publicId}_${randomBase62(secretLength)}`
  const credential = withChecksum(body)
  return { credential, publicId, hash: hashOf(credential) }
}

/** Kind and public id of a well-formed credential, or undefined for anything else. */
export function parseKey(credential: string): { readonly kind: KeyKind; readonly publicId: string } | undefined {
  const parts = /^(tnk|tno)_([0-9A-Za-z]{16})_[0-9A-Za-z]{49}$/.exec(credential)
  if (parts === null) return undefined
  if (withChecksum(credential.slice(0, -checksumLength)) !== credential) return undefined
  return { kind: parts[1] === keyPrefixes.operator ? 'operator' : 'tenant', publicId: parts[2] as string }
}

export function hashOf(credential: string): Buffer {
  // One call: a third of what a Hash object costs, and this is paid by every request.
  return hash('sha256', credential, 'buffer')
}

/** The body with its crc32 in base62: anybody can compute it. */
export function withChecksum(body: string): string {
  let rest = crc32(body)
  let checksum = ''
  for (let index = 0; index < checksumLength; index += 1) {
    checksum = alphabet.charAt(rest % 62) + checksum
    rest = Math.floor(rest / 62)
  }
  return body + checksum
}

/** Random characters of 0-9, A-Z and a-z. Bytes of 248 and above are thrown away, so that every character is equally likely. */
export function randomBase62(length: number): string {
  let text = ''
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < 248 && text.length < length) text += alphabet.charAt(byte % 62)
    }
  }
  return text
}
