import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Directory } from '../../directory/directory.ts'
import { createForwardingReader } from '../../http/client-address.ts'
import { parseHost } from '../../http/request-host.ts'
import { newRequestId } from '../../http/request-id.ts'
import type { Services } from '../../http/route.ts'
import { dataHeaders } from '../../http/security-headers.ts'
import { operatorsRealm } from '../../identity/realms.ts'
import type { Hosts } from '../hosts.ts'
import type { DemoDoor, DemoMember } from './demo-door.ts'

export interface DemoRouteOptions {
  readonly door: DemoDoor
  readonly hosts: Hosts
  readonly directory: Directory
  readonly services: Pick<Services, 'identity' | 'tokens' | 'operators'>
}

interface Way {
  /** Where the browser goes. */
  readonly url: string
  readonly cookie?: string
}

/** Believes nobody. */
const readForwarding = createForwardingReader({ ranges: [], hops: 1 })

/**
 * `POST /demo/sign-in/<id>`: who was clicked at the start page is signed in, and the answer says where to. It is no part of the
 * API: where the door is shut there is nothing, in the same words as for any address that never was.
 */
export function addDemoRoute(server: FastifyInstance, options: DemoRouteOptions): void {
  const { door } = options
  server.post<{ Params: { id: string } }>('/demo/sign-in/:id', async (request, reply) => {
    const asking = askingOf(request, options.hosts)
    const person = asking && door.isOpenFor(asking) ? door.find(request.params.id) : undefined
    const way = asking && person && (await wayOf(options, person, asking))
    if (way === undefined) return reply.callNotFound()
    return answer(reply, way)
  })
}

function askingOf({ raw }: FastifyRequest, hosts: Hosts) {
  const headers = { ...raw.headers }
  const { address, wasForwarded } = readForwarding(raw.socket.remoteAddress ?? '', headers)
  const host = parseHost(headers.host)
  if (host === undefined) return undefined
  const origin = hosts.originOf(host.name)
  // No page elsewhere makes its visitor somebody: the browser says where a POST comes from.
  const isOwn = headers.origin === origin && (headers['sec-fetch-site'] ?? 'same-origin') === 'same-origin'
  if (!isOwn) return undefined
  return { host, origin, address, wasForwarded, id: newRequestId(), userAgent: headers['user-agent'] }
}

type Asking = NonNullable<ReturnType<typeof askingOf>>

/** Undefined for somebody who is not there any more. */
async function wayOf(options: DemoRouteOptions, person: DemoMember, asking: Asking): Promise<Way | undefined> {
  const { services, directory, hosts } = options
  if (person.tenant === undefined) return operatorsWay(services, hosts, person, asking)
  const tenant = await directory.tenantBySlug(person.tenant.slug)
  const known = tenant && (await services.identity.findUserByEmail(tenant.realmId, person.email))
  if (tenant === undefined || known === undefined) return undefined
  const principal = {
    ...known,
    kind: 'person',
    session: { kind: 'browser', id: known.id },
    tenantId: undefined,
    methods: ['password'],
  } as const
  const { url } = await services.tokens.handOff(principal, tenant.id, asking)
  return { url }
}

/**
 * Operators have no hand-off: their session begins on their own host. Sessions of theirs need a second factor; on the machine of
 * whoever tries the demo out, being there stands for both.
 */
async function operatorsWay(
  { identity, operators }: DemoRouteOptions['services'],
  hosts: Hosts,
  { email, name }: DemoMember,
  asking: Asking,
): Promise<Way> {
  const origin = hosts.ownOrigin('operators')
  if (asking.origin !== origin) return { url: `${origin}/sign-in` }
  if ((await identity.findUserByEmail(operatorsRealm, email)) === undefined) {
    const { token } = await operators.invite({ email, name })
    await operators.accept(token, randomBytes(24).toString('base64url'))
  }
  const person = await identity.findUserByEmail(operatorsRealm, email)
  if (person === undefined) throw new Error('An operator who has accepted is a person.')
  const { cookie } = await identity.startSession(person, identity.doorOf(asking, undefined), ['password', 'totp'])
  return { url: `${origin}/`, cookie }
}

function answer(reply: FastifyReply, { url, cookie }: Way): FastifyReply {
  const headers = { ...dataHeaders, 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' }
  return reply.headers({ ...headers, ...(cookie && { 'set-cookie': cookie }) }).send(JSON.stringify({ url }))
}
