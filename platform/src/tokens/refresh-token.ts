import { randomBytes } from 'node:crypto'
import type { SecretBox } from '../secrets/secret-box.ts'

/**
 * `tnr_<public id>_<generation>_<code>`: the public id finds the family, the code is made of family and generation and only we
 * can make it. So nothing of a refresh token has to be kept, and the same generation is always the same text.
 */
const form = /^tnr_([0-9A-Za-z]{8,32})_([1-9][0-9]{0,8})_([A-Za-z0-9_-]{43})$/

export interface RefreshToken {
  readonly publicId: string
  readonly generation: number
  readonly code: Buffer
}

export interface FamilyNames {
  readonly id: string
  readonly publicId: string
}

export function newPublicId(): string {
  return randomBytes(12).toString('hex')
}

export function writeRefreshToken(secrets: SecretBox, { id, publicId }: FamilyNames, generation: number): string {
  return `tnr_${publicId}_${generation}_${secrets.code('refresh', messageOf(id, generation)).toString('base64url')}`
}

/** Undefined for what is not of the form. */
export function parseRefreshToken(text: string): RefreshToken | undefined {
  const [, publicId, generation, code] = form.exec(text) ?? []
  if (publicId === undefined || code === undefined) return undefined
  return { publicId, generation: Number(generation), code: Buffer.from(code, 'base64url') }
}

/** Whether we made it for this family. */
export function isRefreshToken(secrets: SecretBox, familyId: string, { generation, code }: RefreshToken): boolean {
  return secrets.isCode('refresh', messageOf(familyId, generation), code)
}

function messageOf(familyId: string, generation: number): string {
  return `${familyId} ${generation}`
}
