import { connect, createServer } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { insertNote, type Notes, notesDatabase, refusalOf } from './notes.test-support.ts'
import { sql } from './statement.ts'

/** PgBouncer takes a few startup parameters and refuses the others, or leaves them out where it is configured to. */
type Manner = 'refuses' | 'forgets'

const known = new Set(['user', 'database', 'client_encoding', 'application_name', 'TimeZone', 'DateStyle'])
const headLength = 8

let notes: Notes
beforeAll(async () => {
  notes = await notesDatabase()
})
afterAll(() => notes.close())

test.each(['refuses', 'forgets'] as const)(
  'a pooler that %s the parameters of a lane is told them with each statement',
  async (manner) => {
    const isolation = notes.isolation({ url: await behindPooler(notes.url, manner), lanes: { read: { clients: 1 } } })
    const scope = await notes.tenant(isolation, 2)
    const asked = sql<{ timeout: string; readOnly: string; count: number }>`
    select current_setting('statement_timeout') as timeout, current_setting('transaction_read_only') as read_only, count(*) from notes.notes`
    for (let use = 0; use < 3; use++) expect(await scope.run(asked)).toEqual([{ timeout: '3s', readOnly: 'on', count: 2 }])
    expect(await scope.run(asked, { lane: 'write' })).toEqual([{ timeout: '4s', readOnly: 'off', count: 2 }])
    expect(await refusalOf(scope.run(insertNote('smuggled'), { lane: 'read' }))).toBeInstanceOf(Error)
  },
)

async function behindPooler(url: string, manner: Manner): Promise<string> {
  const target = new pg.Client(url)
  const server = createServer((near) => {
    const far = target.host.startsWith('/')
      ? connect(`${target.host}/.s.PGSQL.${target.port}`)
      : connect(target.port, target.host)
    for (const socket of [near, far]) socket.on('error', () => undefined)
    near.once('data', (startup) => {
      const parameters = startup.subarray(headLength).toString().split('\0')
      const pairs = parameters.flatMap((name, at) => (at % 2 === 0 && name !== '' ? [[name, parameters[at + 1] ?? '']] : []))
      const kept = pairs.filter(([name]) => known.has(name as string))
      if (manner === 'refuses' && kept.length < pairs.length) {
        far.destroy()
        near.end(refusal())
        return
      }
      far.write(startupMessage(startup.readInt32BE(4), kept.flat()))
      near.pipe(far)
      far.pipe(near)
    })
    near.on('close', () => far.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const through = new URL(`postgres://127.0.0.1:${(server.address() as { port: number }).port}/${target.database}`)
  through.username = target.user ?? ''
  through.password = typeof target.password === 'string' ? target.password : ''
  return through.href
}

function startupMessage(protocol: number, texts: readonly string[]): Buffer {
  const body = Buffer.from(`${texts.join('\0')}\0\0`)
  const head = Buffer.alloc(headLength)
  head.writeInt32BE(headLength + body.length, 0)
  head.writeInt32BE(protocol, 4)
  return Buffer.concat([head, body])
}

function refusal(): Buffer {
  const fields = Buffer.from('SFATAL\0C08P01\0Munsupported startup parameter: statement_timeout\0\0')
  const head = Buffer.from([0x45, 0, 0, 0, 0])
  head.writeInt32BE(fields.length + 4, 1)
  return Buffer.concat([head, fields])
}
