import { userInfo } from 'node:os'
import type { Doer } from '../tenants/tenants.ts'

/** The command line, in the audit's words; which person it was stands beside it. */
const id = '00000000-0000-7000-8000-00636f6d6d61'

/** Who types: whoever holds the database's address may do everything, so the audit says at least who it was. */
export const commandLine: Doer = { actor: { kind: 'system', id }, origin: { userAgent: `tenantry command line, ${person()}` } }

function person(): string {
  try {
    return userInfo().username
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}` // a container's user without a name
  }
}
