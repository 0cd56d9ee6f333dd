import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { createOTP } from '@better-auth/utils/otp'
import { SMTPServer } from 'smtp-server'
import { sql } from '../isolation/statement.ts'
import { makeMasterKey } from '../secrets/master-keys.ts'
import { type Answer, type CallOptions, startNode, type TestNode, type TestTenant } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import type { Person } from './identity.ts'
import { sharedRealm } from './realms.ts'

export const password = 'correct horse battery staple'
export const masterKey = makeMasterKey()

/** A node to which the test says by `X-Forwarded-For` where a request comes from. */
export function identityNode(database: TestDatabase, configuration: Parameters<typeof startNode>[1] = {}): Promise<TestNode> {
  return startNode(database, { masterKeys: [masterKey], trustedProxies: ['127.0.0.1'], addressRate: 10_000, ...configuration })
}

let count = 0

export function newPerson(node: TestNode, realmId = sharedRealm, given: string = password): Promise<Person> {
  const email = `person${++count}@example.com`
  return node.tenantry.services.identity.createUser(realmId, { email, name: `Person ${count}`, password: given, verified: true })
}

const maker = { kind: 'system', id: '018f0000-0000-7000-8000-00000000000b' } as const

export async function makeMember(node: TestNode, { tenant }: TestTenant, person: Person, role = 'user'): Promise<void> {
  const scope = node.tenantry.scope({ tenantId: tenant.id, actor: maker })
  await scope.run(sql`insert into tenantry.limits (name, max) values ('users', null) on conflict do nothing`)
  await scope.run(sql`
    insert into tenantry.members (user_id, email, name, role) values (${person.id}::uuid, ${person.email}, ${person.name}, ${role})`)
  await node.tenantry.directory.catchUp()
}

/** The cookie of an answer, as a browser sends it back. */
export function cookieOfAnswer({ headers }: Answer): string {
  const [cookie] = [headers['set-cookie'] ?? []].flat()
  return cookie?.split(';')[0] ?? ''
}

export function signIn(node: TestNode, host: string, body: unknown, headers: CallOptions['headers'] = {}): Promise<Answer> {
  return node.call('POST', '/v1/auth/sign-in', { host, body, headers })
}

/** A browser that is signed in: its requests carry the cookie, and say that they come from a page of the same host. */
export async function browserOf(node: TestNode, host: string, email: string, given: string = password) {
  const answer = await signIn(node, host, { email, password: given })
  const cookie = cookieOfAnswer(answer)
  const origin = `http://${host}:${node.port}`
  return {
    cookie,
    answer,
    call: (method: string, path: string, body?: unknown, headers: CallOptions['headers'] = {}) =>
      node.call(method, path, { host, body, headers: { cookie, origin, ...headers } }),
  }
}

/** What came back, less what differs between any two answers. */
export function comparable({ status, headers, text: body }: Answer) {
  const { date, 'x-request-id': id, ratelimit, 'ratelimit-policy': policy, ...rest } = headers
  return { status, headers: rest, body: body.replaceAll(String(id), '') }
}

/** What an app shows, for the half minute that is `step` away from now. */
export async function codeOfApp(node: Pick<TestNode, 'tenantry'>, uri: string, step = 0): Promise<string> {
  const secret = base32(new URL(uri).searchParams.get('secret') ?? '')
  return createOTP(secret, { digits: 6, period: 30 }).hotp(Math.floor(node.tenantry.directory.clock() / 30_000) + step)
}

export function base32(text: string): string {
  const bits = [...text].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2))).toString()
}

export interface Mailbox {
  readonly url: string
  /** Waits for the next mail to the address that has these words; what it says. */
  next(to: string, words?: string): Promise<string>
  readonly all: readonly { readonly to: string; readonly text: string }[]
  stop(): Promise<void>
}

/** A real SMTP server that keeps what it is given. */
export async function openMailbox(): Promise<Mailbox> {
  const all: { to: string; text: string }[] = []
  const told = new Set<object>()
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      void text(stream).then((raw) => {
        all.push({ to: session.envelope.rcptTo[0]?.address ?? '', text: decoded(raw) })
        done()
      })
    },
  })
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve))
  return {
    url: `smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}`,
    all,
    async next(to, words = '') {
      for (const deadline = Date.now() + 30_000; Date.now() < deadline; ) {
        const mail = all.find((each) => each.to === to && each.text.includes(words) && !told.has(each))
        if (mail !== undefined) {
          told.add(mail)
          return mail.text
        }
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      throw new Error(`No mail came for ${to}.`)
    },
    stop: () => new Promise<void>((resolve) => smtp.close(() => resolve())),
  }
}

function decoded(raw: string): string {
  return raw
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** The token of the link in a mail, and the link without it. */
export function linkOf(mail: string): { readonly page: string; readonly token: string } {
  const [, page = '', token = ''] = /(https?:\/\/[^\s#"]+)#token=([A-Za-z0-9_-]{43})/.exec(mail) ?? []
  return { page, token }
}
