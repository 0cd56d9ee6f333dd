import { problems } from '../problems/catalogue.ts'
import { canonicalAddress } from './address.ts'
import { type Counted, countAttempt, forgiveAttempt, type Network } from './attempts.ts'
import type { Challenge, Door, Person, SignedIn } from './identity.ts'
import { compareWithNothing, isPassword } from './password-hash.ts'
import { findPerson, findWithPassword } from './persons.ts'
import { makeProof, takeProof, tryProof } from './proofs.ts'
import type { RealmScope } from './realm-scope.ts'
import { type TotpOptions, takeBackupCode, takeCode } from './totp.ts'

const wrong = () => problems.unauthenticated('The address or the password is wrong.')

/** Failures within a quarter of an hour. Many people may sit behind one address. */
const mostOfAccount = 10

export function failuresOf(email: string, { bucket, most }: Network): readonly Counted[] {
  return [
    { subject: ['password', email, bucket], most: mostOfAccount },
    { subject: ['password', bucket], most },
  ]
}

/** What nobody can have is nobody's: the answer must not tell it from a wrong password. */
function addressOrNobody(email: string): string {
  try {
    return canonicalAddress(email)
  } catch {
    return ''
  }
}

/** Who has this address and this password. Unknown, without a password, and wrong take the same time. @throws unauthenticated, rate_limited */
export async function checkPasswordOf(
  realm: RealmScope,
  email: string,
  password: string,
  network: Network,
  onWrong?: (userId: string) => void,
): Promise<Person> {
  const known = addressOrNobody(email)
  const counted = failuresOf(known, network)
  await countAttempt(realm, counted)
  const found = await findWithPassword(realm, known)
  const right = found?.password ? await isPassword(found.password, password) : await compareWithNothing(password)
  if (found !== undefined && !right) onWrong?.(found.id)
  if (found === undefined || !right) throw wrong()
  await forgiveAttempt(realm, counted)
  const { password: _, ...person } = found
  return person
}

const challengeMinutes = 5
const challengeTries = 5
/** Within a quarter of an hour: of a million codes three are right at a time. */
const mostCodes = 20

export async function signInByPassword(
  realm: RealmScope,
  { host }: Door,
  network: Network,
  email: string,
  password: string,
  onWrong: (userId: string) => void,
): Promise<SignedIn | { readonly challenge: Challenge }> {
  const person = await checkPasswordOf(realm, email, password, network, onWrong)
  const methods = ['password']
  if (!person.secondFactor) return { person, methods }
  const token = await makeProof(realm, {
    kind: 'second_factor',
    userId: person.id,
    host,
    minutes: challengeMinutes,
    detail: { methods },
  })
  return { challenge: { token, methods: ['totp', 'backup_code'] } }
}

/** @throws unauthenticated */
export async function answerChallenge(
  realm: RealmScope,
  totp: TotpOptions,
  { host }: Door,
  challenge: string,
  answer: { readonly code: string } | { readonly backupCode: string },
  onWrong: (userId: string) => void,
): Promise<SignedIn> {
  const refused = problems.unauthenticated('The code was not accepted. Sign in again, or try the next code.')
  const proof = await tryProof(realm, 'second_factor', challenge, host, challengeTries)
  if (!proof?.userId) throw refused
  // Across challenges and networks: whoever comes so far has the password, and could open one challenge after the other.
  const counted: readonly Counted[] = [{ subject: ['second factor', proof.userId], most: mostCodes }]
  await countAttempt(realm, counted)
  const right =
    'code' in answer
      ? await takeCode(realm, totp, proof.userId, answer.code)
      : await takeBackupCode(realm, totp.box, proof.userId, answer.backupCode)
  if (!right) {
    onWrong(proof.userId)
    throw refused
  }
  const taken = await takeProof(realm, 'second_factor', challenge, host)
  const person = taken && (await findPerson(realm, proof.userId))
  if (person === undefined) throw refused
  await forgiveAttempt(realm, counted)
  const first = proof.detail.methods as readonly string[]
  return { person, methods: [...first, 'code' in answer ? 'totp' : 'backup_code'] }
}
