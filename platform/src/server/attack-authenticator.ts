import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/** An authenticator in software that always says yes, so that the attack can hold a passkey. */
export interface AttackAuthenticator {
  /** What `navigator.credentials.create` would give for the options. */
  create(options: { readonly challenge: string; readonly rp: { readonly id: string } }): Record<string, unknown>
  /** What `navigator.credentials.get` would give. */
  get(options: { readonly challenge: string; readonly rpId: string }): Record<string, unknown>
}

const present = 0x01
const verified = 0x04
const withKey = 0x40

export function attackAuthenticator(origin: string): AttackAuthenticator {
  const id = randomBytes(16)
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  let counter = 0
  const name = { id: id.toString('base64url'), rawId: id.toString('base64url'), type: 'public-key', clientExtensionResults: {} }
  const clientData = (type: string, challenge: string) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))
  const authData = (rpId: string, flags: number, rest: Uint8Array = Buffer.alloc(0)) => {
    const count = Buffer.alloc(4)
    count.writeUInt32BE(++counter)
    return Buffer.concat([sha256(rpId), Buffer.of(flags | present | verified), count, rest])
  }
  return {
    create({ challenge, rp }) {
      const credential = Buffer.concat([Buffer.alloc(16), Buffer.of(0, id.length), id, coseOf(publicKey)])
      return {
        ...name,
        response: {
          clientDataJSON: clientData('webauthn.create', challenge).toString('base64url'),
          attestationObject: unattested(authData(rp.id, withKey, credential)).toString('base64url'),
        },
      }
    },
    get({ challenge, rpId }) {
      const client = clientData('webauthn.get', challenge)
      const data = authData(rpId, 0)
      return {
        ...name,
        response: {
          clientDataJSON: client.toString('base64url'),
          authenticatorData: data.toString('base64url'),
          signature: sign('sha256', Buffer.concat([data, sha256(client)]), privateKey).toString('base64url'),
        },
      }
    },
  }
}

function sha256(data: string | Uint8Array): Buffer {
  return createHash('sha256').update(data).digest()
}

/** CBOR of `{ fmt: 'none', attStmt: {}, authData }`. */
function unattested(authData: Buffer): Buffer {
  const start = Buffer.from([
    0xa3,
    0x63,
    ...Buffer.from('fmt'),
    0x64,
    ...Buffer.from('none'),
    0x67,
    ...Buffer.from('attStmt'),
    0xa0,
  ])
  return Buffer.concat([start, Buffer.from([0x68, ...Buffer.from('authData'), 0x58, authData.length]), authData])
}

/** CBOR of the public key as COSE has it: a point of P-256, for ES256. */
function coseOf(publicKey: KeyObject): Buffer {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const point = [
    Buffer.of(0x21, 0x58, 0x20),
    Buffer.from(x, 'base64url'),
    Buffer.of(0x22, 0x58, 0x20),
    Buffer.from(y, 'base64url'),
  ]
  return Buffer.concat([Buffer.of(0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01), ...point])
}
