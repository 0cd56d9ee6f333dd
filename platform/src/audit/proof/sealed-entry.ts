import { sha256, treeRoot } from './hash-tree.ts'

/** Members of an entry in the order in which they are hashed. All are texts or null: nothing has two ways of being written. */
export const entryMembers = [
  'tenant',
  'id',
  'at',
  'actorKind',
  'actorId',
  'impersonator',
  'action',
  'objectType',
  'objectId',
  'before',
  'after',
  'requestId',
  'address',
  'userAgent',
] as const

/** `at` is UTC with six digits behind the second; `before` and `after` are the JSON text that PostgreSQL prints. */
export type SealedEntry = Readonly<Record<(typeof entryMembers)[number], string | null>>

/** What a segment keeps of an entry: id, time, and SHA-256 of the canonical bytes as hexadecimal digits. */
export type RegisterLine = readonly [id: string, at: string, digest: string]

/** SHA-256 of the JSON array of the members, as `JSON.stringify` writes it (RFC 8785), in UTF-8. */
export function entryDigest(entry: SealedEntry): string {
  return sha256(Buffer.from(JSON.stringify(entryMembers.map((member) => entry[member])))).toString('hex')
}

export function registerLine(entry: SealedEntry): RegisterLine {
  return [entry.id ?? '', entry.at ?? '', entryDigest(entry)]
}

export function registerRoot(register: readonly RegisterLine[]): string {
  return treeRoot(register.map((line) => Buffer.from(JSON.stringify(line)))).toString('hex')
}
