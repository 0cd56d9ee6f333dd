import { randomBytes } from 'node:crypto'
import type { Call, Ground, Sent } from './fixture.ts'
import type { Wire } from './wire.ts'
import { headersOf, json } from './wire.ts'
import type { Credential, Person, Side, World } from './world.ts'

export interface GroundOptions {
  readonly world: World
  readonly wire: Wire
  readonly side: Side
  readonly canary: string
  /** Role of the person who will ask; undefined for who belongs to no tenant. */
  readonly asker: string | undefined
}

/** What a fixture works with, and the person it made to ask, if it made one. */
export function groundOf({ world, wire, side, canary, asker }: GroundOptions) {
  let me: Promise<Person> | undefined
  const sendAs = async (call: Call, host: string, credential: Credential | undefined): Promise<Sent> => {
    const answer = await wire.send({
      method: call.method,
      path: call.path,
      host,
      credential,
      headers: {
        ...(call.method === 'POST' ? { 'idempotency-key': randomBytes(12).toString('hex') } : {}),
        ...headersOf(world, host, credential),
        'tenantry-reason': 'Isolation attack',
        ...call.headers,
      },
      ...(call.raw !== undefined ? { body: call.raw } : call.body === undefined ? {} : { body: json(call.body) }),
    })
    const made = `${call.method} ${call.path} answered ${answer.status}`
    if (answer.status < 200 || answer.status > 299) throw new Error(`${made}: ${answer.text.slice(0, 300)}`)
    const isJson = (answer.headers['content-type'] ?? '').includes('json')
    return { ...answer, body: isJson ? JSON.parse(answer.text) : undefined }
  }
  const named = { ...side, canary }
  const unique = () => `u${randomBytes(9).toString('hex')}`
  const ground: Ground = {
    tenantId: side.tenantId,
    canary,
    number: side.number,
    host: side.host,
    origin: world.originOf(side.host),
    send: (call) => sendAs(call, side.host, side.owner),
    sendAs: (credential, call) => sendAs(call, side.host, credential),
    asOperator: (call) => sendAs(call, world.operatorsHost, world.operator),
    me: ({ withPassword = false } = {}) => {
      me ??= world.person(named, { role: asker, withPassword })
      return me
    },
    member: ({ role = 'viewer', withPassword = false } = {}) => world.person(named, { role, withPassword }),
    signInAgain: (person) => world.signInAgain(named, person),
    address: () => world.addressOf(unique()),
    mailTo: (email) => world.mailTo(email),
    grantable: () => world.grantable(ground),
    unique,
  }
  return { ground, me: async () => me }
}
