import { hash, verify } from '@node-rs/argon2'

/** argon2id, its default in this library. 19 MiB and two passes: what OWASP asks for at least. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), cost)
}

export function isPassword(stored: string, password: string): Promise<boolean> {
  return verify(stored, password.normalize('NFKC'))
}

let nobodys: Promise<string> | undefined

/** Takes the time of a wrong password, for somebody who has none. */
export async function compareWithNothing(password: string): Promise<false> {
  nobodys ??= hashPassword(crypto.randomUUID())
  await isPassword(await nobodys, password)
  return false
}
