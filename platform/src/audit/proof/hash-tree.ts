import { createHash } from 'node:crypto'

const leafMark = Buffer.of(0)
const nodeMark = Buffer.of(1)

/** Root of the tree of RFC 6962: leaves and nodes are hashed apart, so that no node can be passed off as an entry. */
export function treeRoot(leaves: readonly Uint8Array[]): Buffer {
  if (leaves.length === 0) return sha256()
  if (leaves.length === 1) return sha256(leafMark, leaves[0] as Uint8Array)
  let left = 1
  while (left * 2 < leaves.length) left *= 2
  return sha256(nodeMark, treeRoot(leaves.slice(0, left)), treeRoot(leaves.slice(left)))
}

export function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}
