import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { type Place, SecretUnreadable } from './secret-box.ts'

const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16
/** First byte of what is stored, so that another form can come later. */
const form = 1

/** With a tenant's own key: form, nonce, ciphertext and tag. */
export function sealWith(key: Uint8Array, place: Place, secret: Uint8Array): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes })
  cipher.setAAD(Buffer.from(JSON.stringify(place)))
  return Buffer.concat([Buffer.of(form), nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()])
}

/** @throws SecretUnreadable for another key or place, or a changed text */
export function openWith(key: Uint8Array, place: Place, sealed: Uint8Array): Buffer {
  const end = sealed.length - tagBytes
  try {
    if (sealed[0] !== form) throw new Error('unknown form')
    const cipher = createDecipheriv(algorithm, key, sealed.subarray(1, 1 + nonceBytes), { authTagLength: tagBytes })
    cipher.setAAD(Buffer.from(JSON.stringify(place)))
    cipher.setAuthTag(sealed.subarray(end))
    return Buffer.concat([cipher.update(sealed.subarray(1 + nonceBytes, end)), cipher.final()])
  } catch (cause) {
    throw new SecretUnreadable('A secret cannot be opened: its key is gone, it was changed, or it belongs to another place.', {
      cause,
    })
  }
}
