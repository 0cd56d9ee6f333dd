import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { pino } from 'pino'
import { SMTPServer } from 'smtp-server'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { resolveBrand } from '../branding/brand.ts'
import { sql } from '../isolation/statement.ts'
import { enqueue } from '../jobs/enqueue.ts'
import { job } from '../jobs/job.ts'
import { createTenantry, type Tenantry } from '../server/create-tenantry.ts'
import { defineSystem } from '../system.ts'
import { type MigrationFolder, migrationFolder } from '../testing/migration-folder.ts'
import { type TestDatabase, testDatabase } from '../testing/test-database.ts'
import { renderMail } from './mail-content.ts'

interface Received {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: string
}

let received: Received[]
let refuses: number
let smtp: SMTPServer
let folder: MigrationFolder
let database: TestDatabase
let tenantry: Tenantry

const welcome = job({
  name: 'post.welcome',
  handle: async (context) => {
    const { email } =
      (await context.scope.first(sql<{ email: string }>`select billing_email as email from tenantry.tenants`)) ?? {}
    await context.services.mail.send(context, email ?? '', {
      subject: 'Welcome <to> us\r\nBcc: everybody@example.com',
      paragraphs: ['Good to have you & yours.', 'Grüße, \u{1F44B}'],
      action: { label: 'Sign in', url: 'https://northwind.example/?a=1&b=2' },
    })
  },
})

beforeEach(async () => {
  received = []
  refuses = 0
  smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      void text(stream).then((raw) => {
        if (refuses-- > 0) return done(new Error('mailbox busy'))
        const { mailFrom, rcptTo } = session.envelope
        received.push({ from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address), raw })
        done()
      })
    },
  })
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve))
  folder = migrationFolder('post', {})
  database = await testDatabase({ systems: [folder] })
  const post = defineSystem({
    name: 'post',
    title: 'Post',
    migrations: folder.directory,
    permissions: {},
    roles: {},
    tiers: { only: { features: [], limits: {} } },
    jobs: [welcome],
    subscribers: [
      {
        name: 'post.welcome',
        events: ['platform.tenant.created'],
        handle: async (event, { scope }) => {
          await scope.run(enqueue(welcome, { ref: event.objectId, key: event.id }))
        },
      },
    ],
  })
  tenantry = await createTenantry({
    databaseUrl: database.appUrl,
    directoryUrl: database.directoryUrl,
    systems: [post],
    configuration: {
      mailUrl: `smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}`,
      mailFrom: 'no-reply@platform.example',
    },
    logger: pino({ level: 'silent' }),
  })
})
afterEach(async () => {
  await tenantry?.close()
  await database?.drop()
  folder?.[Symbol.dispose]()
  await new Promise<void>((resolve) => smtp.close(() => resolve()))
})

const doer = { actor: { kind: 'system', id: randomUUID() } } as const
const provision = () =>
  tenantry.services.tenants.provision(
    {
      slug: 'northwind',
      name: 'Northwind',
      system: 'post',
      billingEmail: 'ada@northwind.example',
      brand: { displayName: 'Northwind "Wind" Ltd', colours: { primary: '#ffdd00' }, supportEmail: 'help@northwind.example' },
    },
    doer,
  )

async function until(isSo: () => boolean, milliseconds = 50_000): Promise<void> {
  for (const end = Date.now() + milliseconds; !isSo(); await new Promise((resolve) => setTimeout(resolve, 20))) {
    if (Date.now() > end) throw new Error('it did not come to pass')
  }
}

test("an event puts a job into the queue, the job sends a mail in its tenant's brand, and a mail server takes it", async () => {
  await provision()
  await until(() => received.length > 0)
  const [mail] = received as [Received]
  expect(mail).toMatchObject({ from: 'no-reply@platform.example', to: ['ada@northwind.example'] })
  expect(mail.raw).toMatch(/^From: "Northwind \\"Wind\\" Ltd" <no-reply@platform\.example>\r?$/m)
  expect(mail.raw).toMatch(/^Reply-To: help@northwind\.example\r?$/m)
  expect(mail.raw).toMatch(/^Subject: Welcome <to> us Bcc: everybody@example\.com\r?$/m)
  expect(mail.raw).not.toMatch(/^Bcc:/m)
  expect(mail.raw).toMatch(/^Auto-Submitted: auto-generated\r?$/m)
  expect(mail.raw).toMatch(/^Message-ID: <[0-9a-f-]{36}@platform\.example>\r?$/im)
  expect(mail.raw).toMatch(/^Content-Type: text\/plain/m)
  expect(mail.raw).toMatch(/^Content-Type: text\/html/m)
})

test('a mail that was not taken is sent again with its job, under the same Message-ID', async () => {
  refuses = 1
  await provision()
  await until(() => received.length > 0)
  expect(received).toHaveLength(1)
})

test('a mail server that cannot be reached makes the job fail; the queue keeps a code, and no word of the tenant', async () => {
  await new Promise<void>((resolve) => smtp.close(() => resolve()))
  await provision()
  const failed = `select output, j::text as kept from tenantry_jobs.job_common j where state = 'retry'`
  let rows: { output: unknown; kept: string }[] = []
  for (let attempt = 0; attempt < 500 && rows.length === 0; attempt++) {
    ;({ rows } = await tenantry.directory.pool.query(failed))
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  expect(rows).toMatchObject([{ output: { code: 'internal' } }])
  expect(JSON.stringify(rows)).not.toMatch(/northwind|ada@/i)
})

test('only a job sends mail, and to one address', async () => {
  const { mail } = tenantry.services
  const signal = new AbortController().signal
  const content = { subject: 'x', paragraphs: [] }
  const member = tenantry.scope({ tenantId: randomUUID(), actor: { kind: 'member', id: randomUUID() } })
  const system = tenantry.scope({ tenantId: randomUUID(), actor: { kind: 'system', id: randomUUID() } })
  await expect(mail.send({ scope: member, signal }, 'ada@example.com', content)).rejects.toThrow('Only a job')
  for (const to of ['a@example.com, b@example.com', 'Ada <a@example.com>', 'a@example.com\r\nBcc: b@example.com', 'nobody']) {
    await expect(mail.send({ scope: system, signal }, to, content)).rejects.toThrow('one address')
  }
})

test('[FIN-1] a mail is from the sender that the brand names, with the logo in it: nothing is fetched when it is read', async () => {
  const { id } = await provision()
  await until(() => received.length === 1)
  expect(received[0]?.raw).not.toMatch(/<img|image\/png/)
  const scope = tenantry.scope({ tenantId: id, actor: { kind: 'system', id: randomUUID() } })
  const { branding, mail } = tenantry.services
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><rect width="2" height="1"/></svg>'
  const { version } = await branding.setImage(scope, 'logo-light', Buffer.from(svg), 0)
  const changed = await branding.change(scope, { senderName: 'Nordwind Post', poweredBy: false }, version)
  await branding.publish(scope, changed.version)
  const signal = new AbortController().signal
  await mail.send({ scope, signal }, 'ada@northwind.example', { subject: 'Again', paragraphs: ['Hello.'] })
  const raw = received[1]?.raw ?? ''
  expect(raw).toMatch(/^From: "?Nordwind Post"? <no-reply@platform\.example>/m)
  expect(raw).toMatch(/src=3D"cid:logo"|src="cid:logo"/)
  expect(raw).toMatch(/Content-Type: image\/png/)
  expect(raw).not.toMatch(/tenantry/i)
})

test('what a mail says is text, whatever it holds; a link leads to the web only', () => {
  const brand = resolveBrand('<b>Northwind</b>', [{ footer: '<script>' }])
  const { html, text: plain } = renderMail({ subject: '<i>', paragraphs: ['<script>alert(1)</script>\nnext'] }, brand)
  expect(html).not.toMatch(/<script|<i>|<b>/)
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;<br>next')
  expect(plain).toContain('<script>alert(1)</script>')
  expect(() => renderMail({ subject: '', paragraphs: [], action: { label: 'x', url: 'javascript:alert(1)' } }, brand)).toThrow()
})
