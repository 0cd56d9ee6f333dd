import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'

const nonceLength = 12
const tagLength = 16

/**
 * Answers to operators lie outside every tenant, and hold what belongs to one (an e-mail address, a telephone number). So
 * only the key that the client chose opens them; of that key we keep a hash.
 */
export function sealFor(key: string): { readonly name: Buffer; readonly seal: (text: string) => Buffer } {
  const name = createHash('sha256').update('tenantry idempotency key\0').update(key).digest()
  return {
    name,
    seal(text) {
      const nonce = randomBytes(nonceLength)
      const cipher = createCipheriv('aes-256-gcm', secretOf(key), nonce, { authTagLength: tagLength })
      cipher.setAAD(name)
      return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    },
  }
}

export function openSealed(key: string, sealed: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', secretOf(key), sealed.subarray(0, nonceLength), { authTagLength: tagLength })
  decipher.setAAD(sealFor(key).name)
  decipher.setAuthTag(sealed.subarray(-tagLength))
  return Buffer.concat([decipher.update(sealed.subarray(nonceLength, -tagLength)), decipher.final()]).toString('utf8')
}

function secretOf(key: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, 'tenantry idempotency answer', '', 32))
}
