import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createEncrypted } from 'node:https'
import { type AddressInfo, createServer as createRaw, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { isPublic } from './allowed-places.ts'
import { controllerCertificate } from './controller-certificate.test-support.ts'
import { createOutbound, type OutboundOptions, type OutboundRequest } from './outbound.ts'
import type { ResolveName } from './resolve-name.ts'

const tenantId = '018f0000-0000-7000-8000-000000000001'
const loopback = ['127.0.0.1/32']
const open: { close(): void }[] = []
afterEach(() => {
  for (const server of open.splice(0)) server.close()
})

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.push({
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  })
  return (server.address() as AddressInfo).port
}

/** A server whose every connection is counted. */
async function controller(answer: RequestListener) {
  let connections = 0
  const server = createServer(answer).on('connection', () => (connections += 1))
  const port = await listening(server)
  return { port, url: `http://127.0.0.1:${port}/points`, connections: () => connections }
}

/** Bytes as they are, for what no HTTP server would send. */
async function rawController(talk: (socket: Socket) => void): Promise<string> {
  const server = createRaw((socket) => talk(socket.on('error', () => undefined)))
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const get = (url: string, options: Partial<OutboundOptions> = {}, request: Partial<OutboundRequest> = {}) =>
  createOutbound({ allowed: [], ...options }).request({ tenantId, url, ...request })
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'answered',
    (error: { code?: string }) => error.code,
  )

/** A name server that answers what the test says, the next answer at each question. */
function nameServer(...answers: (readonly string[])[]): ResolveName & { readonly asked: string[] } {
  const asked: string[] = []
  const resolve: ResolveName = async (host) => {
    asked.push(host)
    return answers[Math.min(asked.length, answers.length) - 1] ?? []
  }
  return Object.assign(resolve, { asked })
}

describe('where it goes', () => {
  test.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '169.254.169.254',
    '192.0.0.192',
    '192.0.2.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '240.0.0.1',
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    'fd00:ec2::254',
    'fec0::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::808:808',
    '64:ff9b:1::1',
    '2002:7f00:1::',
    '2001:0:4136:e378:8000:63bf:3fff:fdd2',
    '2001:db8::1',
    '3fff::1',
    '5f00::1',
    '100::1',
    'nonsense',
  ])('%s is not public', (address) => {
    expect(isPublic(address)).toBe(false)
  })

  test.each(['8.8.8.8', '1.1.1.1', '2606:4700:4700::1111', '2a00:1450:4001:81b::200e'])('%s is public', (address) => {
    expect(isPublic(address)).toBe(true)
  })

  test('no way of writing a private address gets through, and none of them makes a connection', async () => {
    const { port, connections } = await controller((_, response) => response.end('secret'))
    const hosts = [
      '127.0.0.1',
      '127.1',
      '0x7f.1',
      '2130706433',
      '0177.0.0.1',
      '①②⑦.0.0.1',
      '[::1]',
      '[::ffff:127.0.0.1]',
      'localhost',
      'a.localhost',
      'localhost.',
    ]
    for (const host of hosts) {
      for (const scheme of ['http', 'https']) {
        expect([host, await code(get(`${scheme}://${host}:${port}/`))]).toEqual([host, 'address_refused'])
      }
    }
    expect(connections()).toBe(0)
  })

  test.each([
    'ftp://8.8.8.8/',
    'file:///etc/passwd',
    'gopher://8.8.8.8/',
    'http://8.8.8.8/',
    'https://user:password@8.8.8.8/',
    'nothing',
  ])('%s is refused: https alone, and no credential in the address', async (url) => {
    expect(await code(get(url))).toBe('address_refused')
  })

  test('an operator allows a range, an address or a name, and nothing beside it', async () => {
    const { port, url } = await controller((_, response) => response.end('ok'))
    const resolve = nameServer(['127.0.0.1'])
    const named = `http://controller.example:${port}/`
    expect(await code(get(url, { allowed: loopback }))).toBe('answered')
    expect(await code(get(url, { allowed: ['127.0.0.1'] }))).toBe('answered')
    expect(await code(get(named, { allowed: ['Controller.example'], resolve }))).toBe('answered')
    expect(await code(get(named, { allowed: loopback, resolve }))).toBe('answered')
    expect(await code(get(url, { allowed: ['127.0.0.2/31', '10.0.0.0/8', 'controller.example'] }))).toBe('address_refused')
    expect(await code(get(`http://other.example:${port}/`, { allowed: ['controller.example'], resolve }))).toBe('address_refused')
    expect(await code(get(`http://[::ffff:127.0.0.1]:${port}/`, { allowed: ['10.0.0.0/8'] }))).toBe('address_refused')
  })

  test('a name with one private address among public ones is refused', async () => {
    const { port, connections } = await controller((_, response) => response.end('secret'))
    for (const addresses of [['8.8.8.8', '127.0.0.1'], ['127.0.0.1', '8.8.8.8'], ['::ffff:127.0.0.1'], ['not an address'], []]) {
      expect(await code(get(`https://controller.example:${port}/`, { resolve: nameServer(addresses) }))).toBe('address_refused')
    }
    expect(connections()).toBe(0)
  })

  test('a name that points elsewhere a moment later is asked once, and the address that was judged is called', async () => {
    const allowed = await controller((request, response) => response.end(request.headers.host))
    // The second answer would be another machine: if anybody asked again, nobody would answer there.
    const resolve = nameServer(['127.0.0.1'], ['127.0.0.77'])
    const url = `http://controller.example:${allowed.port}/`
    const { body } = await get(url, { allowed: loopback, resolve })
    expect(body.toString()).toBe(`controller.example:${allowed.port}`)
    expect(resolve.asked).toEqual(['controller.example'])
    expect(await code(get(url, { allowed: loopback, resolve }))).toBe('address_refused')
    expect(allowed.connections()).toBe(1)
  })

  test('a redirect is not followed, wherever it points', async () => {
    const inner = await controller((_, response) => response.end('secret'))
    const outer = await controller((_, response) => response.writeHead(302, { location: inner.url }).end())
    expect(await code(get(outer.url, { allowed: loopback }))).toBe('redirected')
    expect(inner.connections()).toBe(0)
  })

  test('of several addresses one that answers is enough', async () => {
    const { port } = await controller((_, response) => response.end('ok'))
    const resolve = nameServer(['127.0.0.99', '127.0.0.1'])
    const allowed = ['127.0.0.0/8']
    expect((await get(`http://controller.example:${port}/`, { allowed, resolve })).body.toString()).toBe('ok')
  })
})

describe('https', () => {
  async function encrypted() {
    let names: unknown[] = []
    const server = createEncrypted(controllerCertificate, (request, response) => response.end(request.headers.host))
    server.on('secureConnection', (socket) => (names = [...names, socket.servername]))
    return { port: await listening(server), names: () => names }
  }
  const trusting = { allowed: loopback, authorities: [controllerCertificate.cert] }

  test("the name's certificate is asked for and checked, though an address is called", async () => {
    const { port, names } = await encrypted()
    const resolve = nameServer(['127.0.0.1'])
    const { body } = await get(`https://controller.example:${port}/`, { ...trusting, resolve })
    expect(body.toString()).toBe(`controller.example:${port}`)
    expect(names()).toEqual(['controller.example'])
    expect(await code(get(`https://127.0.0.1:${port}/`, trusting))).toBe('answered')
  })

  test("another name's certificate, and one of nobody we trust, are refused", async () => {
    const { port } = await encrypted()
    const resolve = nameServer(['127.0.0.1'])
    expect(await code(get(`https://other.example:${port}/`, { ...trusting, resolve }))).toBe('tls_failed')
    expect(await code(get(`https://controller.example:${port}/`, { allowed: loopback, resolve }))).toBe('tls_failed')
  })

  test('who speaks no TLS is told from who does not answer', async () => {
    const { port } = await controller((_, response) => response.end('plain'))
    expect(await code(get(`https://127.0.0.1:${port}/`, trusting))).toBe('tls_failed')
    const gone = await rawController(() => undefined)
    for (const server of open.splice(0)) server.close()
    expect(await code(get(gone, trusting))).toBe('unreachable')
  })
})

describe('what comes back', () => {
  const allowed = loopback

  test('status and body, whatever the status; the request as it was asked for', async () => {
    const { url } = await controller(async (request, response) => {
      const parts: string[] = []
      for await (const part of request) parts.push(String(part))
      response.writeHead(418).end(`${request.method} ${request.headers['x-key']} ${parts.join('')}`)
    })
    const { status, body } = await get(url, { allowed }, { method: 'POST', headers: { 'x-key': 'k' }, body: 'hello' })
    expect([status, body.toString()]).toEqual([418, 'POST k hello'])
  })

  test('a compressed answer is unpacked, and broken or unknown packing is refused', async () => {
    let encoding = 'gzip'
    let bytes = gzipSync('unpacked')
    const { url } = await controller((_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(bytes))
    expect((await get(url, { allowed })).body.toString()).toBe('unpacked')
    bytes = bytes.subarray(0, -6)
    expect(await code(get(url, { allowed }))).toBe('encoding_unknown')
    bytes = Buffer.from('not gzip at all')
    expect(await code(get(url, { allowed }))).toBe('encoding_unknown')
    encoding = 'gzip, gzip'
    expect(await code(get(url, { allowed }))).toBe('encoding_unknown')
  })

  test('an answer beyond the cap is refused, announced or not', async () => {
    let announced = true
    const { url } = await controller((_, response) => {
      if (announced) response.setHeader('content-length', 100_000)
      response.end(Buffer.alloc(100_000))
    })
    expect(await code(get(url, { allowed }, { mostBytes: 99_999 }))).toBe('too_large')
    announced = false
    expect(await code(get(url, { allowed }, { mostBytes: 99_999 }))).toBe('too_large')
    expect(await code(get(url, { allowed }, { mostBytes: 100_000 }))).toBe('answered')
  })

  test('a bomb of 200 MB in 200 kB is not unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(200_000_000), { level: 9 })
    expect(bomb.length).toBeLessThan(300_000)
    const { url } = await controller((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb))
    const before = process.memoryUsage().arrayBuffers
    expect(await code(get(url, { allowed }))).toBe('too_large')
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000)
  })

  test('an endless answer, and headers without end, are refused', async () => {
    const endless = await controller((_, response) => {
      const more = () => void (response.write(Buffer.alloc(65_536)) ? setImmediate(more) : response.once('drain', more))
      more()
    })
    expect(await code(get(endless.url, { allowed }))).toBe('too_large')
    const headers = await rawController((socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(40_000)}`))
    expect(await code(get(headers, { allowed }))).toBe('too_large')
  })

  test('who drips a byte at a time, or says nothing, is left when the time is over', async () => {
    const dripping = await rawController((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n')
      const timer = setInterval(() => socket.write('x'), 20)
      socket.on('close', () => clearInterval(timer))
    })
    const silent = await rawController(() => undefined)
    const dead: ResolveName = () => new Promise(() => undefined)
    expect(await code(get(dripping, { allowed }, { timeout: 300 }))).toBe('timed_out')
    expect(await code(get(silent, { allowed }, { timeout: 300 }))).toBe('timed_out')
    expect(await code(get('https://controller.example/', { resolve: dead }, { timeout: 300 }))).toBe('timed_out')
  })

  test.each([
    ['nothing', '', 'broken_off'],
    ['something else than HTTP', 'SSH-2.0-OpenSSH_9.2\r\n', 'broken_off'],
    ['less than it announced', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf', 'broken_off'],
    ['an upgrade', 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n', 'broken_off'],
  ])('who answers %s is told as %s', async (_, text, expected) => {
    const url = await rawController((socket) => socket.once('data', () => socket.end(text)))
    expect(await code(get(url, { allowed }))).toBe(expected)
  })

  test('what a caller gives up is given up at once, with his own reason', async () => {
    const silent = await rawController(() => undefined)
    const stop = new AbortController()
    const request = get(silent, { allowed }, { signal: stop.signal })
    stop.abort(new Error('the node stops'))
    await expect(request).rejects.toThrow('the node stops')
    await expect(get(silent, { allowed }, { signal: stop.signal })).rejects.toThrow('the node stops')
  })

  test('a failure says neither where it was nor what came', async () => {
    const { url } = await controller((_, response) =>
      response.writeHead(302, { location: 'http://internal/canary' }).end('canary'),
    )
    const failure = await get(`${url}?canary`, { allowed }).catch((error: Error) => error)
    expect(`${(failure as Error).message} ${String((failure as Error).cause)}`).not.toMatch(/canary|127\.0\.0\.1/)
  })
})

test("one tenant's share of what is on its way is limited, and takes nothing from another's", async () => {
  const waiting: (() => void)[] = []
  const { url } = await controller((_, response) => void waiting.push(() => response.end()))
  const outbound = createOutbound({ allowed: loopback })
  const first = Array.from({ length: 8 }, () => outbound.request({ tenantId, url }))
  await expect.poll(() => waiting.length).toBe(8)
  expect(await code(outbound.request({ tenantId, url }))).toBe('too_many_at_once')
  const other = outbound.request({ tenantId: tenantId.replace(/1$/, '2'), url })
  await expect.poll(() => waiting.length).toBe(9)
  for (const answer of waiting) answer()
  await Promise.all([...first, other])
  const again = outbound.request({ tenantId, url })
  await expect.poll(() => waiting.length).toBe(10)
  waiting[9]?.()
  expect((await again).status).toBe(200)
})
