import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { createOutbound } from './outbound.ts'
import { dnsResolver } from './resolve-name.ts'

const open: Socket[] = []
afterEach(() => {
  for (const socket of open.splice(0)) socket.close()
})

const typeA = 1
const typeAaaa = 28

/** Answers as a name server does (RFC 1035); a name it does not know does not exist, and `silent` ones get no answer. */
async function nameServer(records: Readonly<Record<string, readonly string[]>>): Promise<{ address: string; asked: string[] }> {
  const asked: string[] = []
  const socket = createSocket('udp4', (query, from) => {
    const { name, type, end } = questionIn(query)
    asked.push(`${name} ${type === typeA ? 'A' : 'AAAA'}`)
    if (name.startsWith('silent')) return
    const known = records[name]
    const answers = (known ?? [])
      .filter((address) => address.includes(':') === (type === typeAaaa))
      .map((address) => answer(type, address))
    const head = Buffer.from(query.subarray(0, 12))
    head.writeUInt16BE(known === undefined ? 0x8183 : 0x8180, 2)
    head.writeUInt16BE(answers.length, 6)
    head.writeUInt32BE(0, 8)
    socket.send(Buffer.concat([head, query.subarray(12, end), ...answers]), from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  open.push(socket)
  return { address: `127.0.0.1:${socket.address().port}`, asked }
}

function questionIn(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 }
}

function answer(type: number, address: string): Buffer {
  const data =
    type === typeA
      ? Buffer.from(address.split('.').map(Number))
      : Buffer.from(
          address
            .split(':')
            .map((group) => group.padStart(4, '0'))
            .join(''),
          'hex',
        )
  const head = Buffer.alloc(12)
  head.writeUInt16BE(0xc00c, 0) // the name of the question
  head.writeUInt16BE(type, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt32BE(60, 6)
  head.writeUInt16BE(data.length, 10)
  return Buffer.concat([head, data])
}

const never = new AbortController().signal

test('all addresses of a name are found, of both kinds', async () => {
  const { address, asked } = await nameServer({ 'bms.plant.example': ['192.0.2.7', '192.0.2.8', '2001:db8:0:0:0:0:0:7'] })
  const found = await dnsResolver([address])('bms.plant.example', never)
  expect([...found].sort()).toEqual(['192.0.2.7', '192.0.2.8', '2001:db8::7'])
  expect(asked.sort()).toEqual(['bms.plant.example A', 'bms.plant.example AAAA'])
})

test('a name without an address is told as that, and nobody is called', async () => {
  const { address } = await nameServer({ 'empty.example': [] })
  const resolve = dnsResolver([address])
  for (const host of ['empty.example', 'nobody.example']) {
    await expect(resolve(host, never)).rejects.toMatchObject({ code: 'name_unknown' })
  }
})

test('a name server that is silent holds a request no longer than its time', async () => {
  const { address } = await nameServer({})
  const outbound = createOutbound({ allowed: [], resolve: dnsResolver([address]) })
  const request = { tenantId: 't', url: 'https://silent.example/', timeout: 300 }
  const many = await Promise.allSettled(Array.from({ length: 8 }, () => outbound.request(request)))
  expect(many.map((one) => one.status === 'rejected' && one.reason.code)).toEqual(Array(8).fill('timed_out'))
})

test('a name that DNS points to a private address is refused', async () => {
  const { address } = await nameServer({ 'evil.example': ['127.0.0.1'], 'mixed.example': ['192.168.0.1', '8.8.8.8'] })
  const outbound = createOutbound({ allowed: [], resolve: dnsResolver([address]) })
  for (const host of ['evil.example', 'mixed.example']) {
    await expect(outbound.request({ tenantId: 't', url: `https://${host}/` })).rejects.toMatchObject({ code: 'address_refused' })
  }
})

test('this machine is itself, whatever DNS says', async () => {
  const { address, asked } = await nameServer({ localhost: ['8.8.8.8'] })
  expect(await dnsResolver([address])('localhost', never)).toEqual(['127.0.0.1', '::1'])
  expect(asked).toEqual([])
})
