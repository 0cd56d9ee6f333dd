import type { Pool } from 'pg'
import type { PersonPrincipal } from '../access/principal.ts'
import type { Directory } from '../directory/directory.ts'
import { canonicalAddress } from '../identity/address.ts'
import type { IdentityService, Person } from '../identity/identity.ts'
import { checkPassword } from '../identity/password-rules.ts'
import { operatorsRealm } from '../identity/realms.ts'
import { hadSecondFactor } from '../identity/second-factor.ts'
import { mintKey } from '../keys/key-format.ts'
import { problems } from '../problems/catalogue.ts'
import { mintOperatorToken, type OperatorToken } from '../tokens/operator-token.ts'
import type { SigningKeys } from '../tokens/signing-keys.ts'
import { lookAtInvitation, makeInvitation, type OperatorInvitation, takeInvitation } from './operator-invitations.ts'

/** Somebody who runs the platform. Times are RFC 3339. */
export interface Operator {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly createdAt: string
  readonly disabledAt: string | null
}

export interface AcceptedOperator {
  readonly operator: Operator
  readonly person: Person
  readonly secondFactor: boolean
}

export interface OperatorKey {
  readonly id: string
  readonly publicId: string
  readonly expiresAt: string
  readonly revokedAt: string | null
  readonly createdAt: string
}

/** Days an operator's key lives unless it is said otherwise, and at most. */
const keyDays = { usual: 90, most: 366 } as const

export interface OperatorService {
  /** @throws conflict when the address is known already */
  create(operator: { readonly email: string; readonly name: string }): Promise<Operator>
  list(): Promise<Operator[]>
  /**
   * Makes the operator, if there is none of the address, and a link with which he chooses a password. Of several links only the
   * newest is one.
   *
   * @throws conflict when he was disabled
   */
  invite(operator: {
    readonly email: string
    readonly name: string
  }): Promise<OperatorInvitation & { readonly operator: Operator }>
  /** A new link for an operator; the one before is none any more. @throws not_found for an absent or disabled operator */
  inviteAgain(id: string): Promise<OperatorInvitation>
  /**
   * Makes the reader of the link the operator: a person in the operators' realm with this password. One who is known already
   * gets it as a new one, and is signed out everywhere. `secondFactor`: whether he has one; who has none sets his first one up in the
   * session that the door begins with it (`byLink`).
   *
   * @throws invitation_invalid for a link that is unknown, used or over, invalid_request for a weak password
   */
  accept(token: string, password: string): Promise<AcceptedOperator>
  /**
   * An access token of a signed-in operator, good for a quarter of an hour on the operators' host.
   *
   * @throws not_found for somebody who is no operator, second_factor_required when he signed in with a password alone
   */
  mintToken(person: PersonPrincipal, origin: string): Promise<OperatorToken>
  /** His keys, sessions and tokens are out on this node when the promise resolves, on all others within a second. @throws not_found */
  disable(id: string): Promise<Operator>
  /** Makes a key; `credential` is shown this once. @throws not_found for an absent or disabled operator */
  createKey(operatorId: string, days?: number): Promise<{ readonly key: OperatorKey; readonly credential: string }>
  /** @throws not_found */
  listKeys(operatorId: string): Promise<OperatorKey[]>
  /** @throws not_found */
  revokeKey(operatorId: string, keyId: string): Promise<OperatorKey>
}

declare module '../http/route.ts' {
  interface Services {
    readonly operators: OperatorService
  }
}

export interface OperatorServiceOptions {
  readonly directory: Directory
  readonly identity: Pick<IdentityService, 'createUser' | 'findUserByEmail' | 'setPassword' | 'endSessions' | 'hasSecondFactor'>
  readonly signingKeys: SigningKeys
}

/** Operators belong to no tenant, so they are kept through the directory's role and not through a scope. */
export function createOperatorService({ directory, identity, signingKeys }: OperatorServiceOptions): OperatorService {
  const { pool } = directory
  const changed = async <T>(row: T | undefined, what: string): Promise<T> => {
    if (row === undefined) throw problems.not_found(`There is no such ${what}.`)
    await directory.catchUp()
    return row
  }
  return {
    async create({ email, name }) {
      const insert = `insert into tenantry.operators (email, name) values ($1, $2)
        on conflict (email) do nothing returning ${operatorColumns}`
      const operator = await first<Operator>(pool, insert, [canonicalAddress(email), name])
      if (operator === undefined) throw problems.conflict('There is an operator with this address already.')
      return operator
    },

    async invite({ email, name }) {
      // A no-op update, so that whoever is there already is answered too.
      const upsert = `insert into tenantry.operators (email, name) values ($1, $2)
        on conflict (email) do update set name = operators.name returning ${operatorColumns}`
      const operator = await first<Operator>(pool, upsert, [canonicalAddress(email), name])
      if (operator === undefined || operator.disabledAt !== null) {
        throw problems.conflict('The operator with this address was disabled.')
      }
      return { operator, ...(await makeInvitation(pool, operator.id)) }
    },

    inviteAgain: (id) => makeInvitation(pool, id),

    async accept(token, password) {
      const invited = await lookAtInvitation(pool, token)
      // A password that cannot be used does not use the link up.
      checkPassword(password, invited.email)
      await takeInvitation(pool, token)
      const known = await identity.findUserByEmail(operatorsRealm, invited.email)
      const made = { email: invited.email, name: invited.name, password, verified: true }
      const person = known ?? (await identity.createUser(operatorsRealm, made))
      if (known !== undefined) {
        await identity.setPassword(known, password)
        await identity.endSessions(known, { except: undefined })
      }
      const update = `update tenantry.operators set user_id = $2 where id = $1 returning ${operatorColumns}`
      const operator = await changed(await first<Operator>(pool, update, [invited.id, person.id]), 'operator')
      return { operator, person, secondFactor: await identity.hasSecondFactor(person) }
    },

    async mintToken(person, origin) {
      const select = 'select id from tenantry.operators where user_id = $1 and disabled_at is null'
      const isOperator = person.realmId === operatorsRealm && person.session.kind === 'browser'
      const operator = isOperator ? await first<{ id: string }>(pool, select, [person.id]) : undefined
      if (operator === undefined) throw problems.not_found('There is nothing here.')
      if (!hadSecondFactor(person)) {
        throw problems.second_factor_required('Set up a second factor, sign out, and sign in with it.')
      }
      return mintOperatorToken({ directory, keys: signingKeys }, operator.id, person, origin)
    },

    list: () => all<Operator>(pool, `select ${operatorColumns} from tenantry.operators order by created_at, id`, []),

    async disable(id) {
      const update = `update tenantry.operators set disabled_at = coalesce(disabled_at, tenantry.clock())
        where id = $1 returning ${operatorColumns}, user_id as "userId"`
      const { userId, ...operator } = await changed(
        await first<Operator & { userId: string | null }>(pool, update, [id]),
        'operator',
      )
      if (userId !== null) await identity.endSessions({ id: userId, realmId: operatorsRealm }, { except: undefined })
      return operator
    },

    async createKey(operatorId, days = keyDays.usual) {
      const minted = mintKey('operator')
      const insert = `insert into tenantry.operator_keys (operator_id, public_id, hash, expires_at)
        select id, $2, $3, tenantry.clock() + make_interval(days => $4)
          from tenantry.operators where id = $1 and disabled_at is null returning ${keyColumns}`
      const values = [operatorId, minted.publicId, minted.hash, Math.min(days, keyDays.most)]
      return { key: await changed(await first<OperatorKey>(pool, insert, values), 'operator'), credential: minted.credential }
    },

    async listKeys(operatorId) {
      const select = `select ${keyColumns} from tenantry.operator_keys where operator_id = $1 order by created_at`
      const keys = await all<OperatorKey>(pool, select, [operatorId])
      const known =
        keys.length > 0 || (await all(pool, 'select id from tenantry.operators where id = $1', [operatorId])).length > 0
      if (!known) throw problems.not_found('There is no such operator.')
      return keys
    },

    async revokeKey(operatorId, keyId) {
      const update = `update tenantry.operator_keys set revoked_at = coalesce(revoked_at, tenantry.clock())
        where operator_id = $1 and id = $2 returning ${keyColumns}`
      return changed(await first<OperatorKey>(pool, update, [operatorId, keyId]), 'key')
    },
  }
}

/** The directory's pool answers rows as PostgreSQL names and types them; these are already as we show them. */
const rfc3339 = (column: string, name: string) =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "${name}"`
const operatorColumns = `id, email, name, ${rfc3339('created_at', 'createdAt')}, ${rfc3339('disabled_at', 'disabledAt')}`
const keyColumns = `id, public_id as "publicId", ${rfc3339('expires_at', 'expiresAt')}, ${rfc3339('revoked_at', 'revokedAt')},
  ${rfc3339('created_at', 'createdAt')}`

async function all<Row extends object>(pool: Pool, text: string, values: readonly unknown[]): Promise<Row[]> {
  return (await pool.query<Row>(text, [...values])).rows
}

async function first<Row extends object>(pool: Pool, text: string, values: readonly unknown[]): Promise<Row | undefined> {
  return (await all<Row>(pool, text, values))[0]
}
