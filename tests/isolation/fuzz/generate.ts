import { randomBytes } from 'node:crypto'
import { deflateSync, gzipSync } from 'node:zlib'
import type { Target } from '../../../platform/src/isolation/attack/document.ts'
import type { Ask } from '../../../platform/src/isolation/attack/fixture.ts'
import {
  hostileBodies,
  hostileHeaders,
  hostileIds,
  hostileMethods,
  hostileQueries,
  hostileTexts,
  hostileTypes,
} from './hostile-values.ts'
import type { Random } from './random.ts'
import { type Resolve, type Schema, schemaValue, spoiled } from './schema-values.ts'

/** A request as bytes: what a careful client would never send among it. */
export interface FuzzRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | undefined
}

/** A route with the schemas that the document gives for what it takes. */
export interface Described {
  readonly target: Target
  readonly body: Schema | undefined
  readonly query: readonly { readonly name: string; readonly schema: Schema }[]
  /** Content types of the body beside JSON. */
  readonly rawTypes: readonly string[]
  readonly resolve: Resolve
}

/** A request as the route's fixture says it, without anything that chance adds. */
export function plainRequest({ target }: Described, ask: Ask): FuzzRequest {
  return assemble(target, ask, {
    query: new URLSearchParams(ask.query).toString(),
    body: bodyOf(ask, ask.body),
  })
}

function bodyOf({ raw }: Ask, body: unknown): Buffer | undefined {
  if (raw !== undefined) return Buffer.from(raw.text)
  return body === undefined ? undefined : Buffer.from(JSON.stringify(body))
}

/** A request that the route takes: about objects that are there, with optional parts filled as the schemas allow. */
export function validRequest({ target, body, query, resolve }: Described, ask: Ask, random: Random): FuzzRequest {
  const parameters = new URLSearchParams(ask.query)
  for (const { name, schema } of query) {
    if (name === 'cursor' || parameters.has(name) || !random.chance(0.25)) continue
    const value = schemaValue(schema, random, resolve)
    if (value !== undefined) parameters.set(name, String(value))
  }
  const filled = ask.body === undefined ? undefined : withMore(ask.body, body, random, resolve)
  return assemble(target, ask, {
    query: parameters.toString(),
    body: bodyOf(ask, filled),
  })
}

function withMore(body: unknown, schema: Schema | undefined, random: Random, resolve: Resolve): unknown {
  const { properties } = schema === undefined ? {} : resolve(schema)
  if (properties === undefined || typeof body !== 'object' || body === null || random.chance(0.4)) return body
  const more = Object.entries(properties).map(([name, each]) => [
    name,
    random.chance(0.4) ? schemaValue(each, random, resolve) : undefined,
  ])
  return { ...body, ...Object.fromEntries(more.filter(([, value]) => value !== undefined)) }
}

/** The same request with something wrong in it. */
export function brokenRequest(described: Described, ask: Ask, cursors: readonly string[], random: Random): FuzzRequest {
  const { target } = described
  const valid = validRequest(described, ask, random)
  const ways: (() => FuzzRequest)[] = [
    () => ({ ...valid, headers: { ...valid.headers, ...random.pick(hostileHeaders) } }),
    () => assemble(target, ask, { query: random.pick(hostileQueries), body: valid.body }),
    () => assemble(target, ask, { query: hostileQuery(described, ask, random), body: valid.body }),
    () => ({ ...valid, method: random.pick(hostileMethods) }),
  ]
  if (target.path.includes('{')) ways.push(() => ({ ...valid, path: hostilePath(target, ask, random) }))
  if (target.query.has('cursor') && cursors.length > 0) {
    ways.push(() => assemble(target, ask, { query: `cursor=${bentCursor(random.pick(cursors), random)}`, body: undefined }))
  }
  if (described.rawTypes.length > 0) {
    const raw = () => ({ ...valid.headers, 'content-type': random.pick(described.rawTypes) })
    ways.push(
      () => ({ ...valid, headers: raw(), body: hostileFile(random) }),
      () => ({ ...valid, headers: raw(), body: hostileFile(random) }),
    )
  }
  if (valid.body !== undefined) {
    const { body } = valid
    ways.push(
      () => ({ ...valid, body: spoiledBody(ask, random) }),
      () => ({ ...valid, body: spoiledBody(ask, random) }),
      () => ({ ...valid, body: Buffer.from(random.pick(hostileBodies)) }),
      () => ({ ...valid, body: body.subarray(0, random.between(0, body.length - 1)) }),
      () => ({ ...valid, headers: { ...valid.headers, 'content-type': random.pick(hostileTypes) } }),
      () => encoded(valid, body, random),
    )
  } else
    ways.push(() => ({ ...valid, headers: { ...valid.headers, 'content-type': 'application/json' }, body: Buffer.from('{}') }))
  return random.pick(ways)()
}

interface Parts {
  readonly query: string
  readonly body: Buffer | undefined
}

function assemble(target: Target, ask: Ask, { query, body }: Parts): FuzzRequest {
  const path = target.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(ask.params?.[name] ?? 'none'))
  return {
    method: target.method,
    path: query === '' ? path : `${path}?${query}`,
    headers: {
      ...(target.takesIdempotencyKey ? { 'idempotency-key': randomBytes(9).toString('hex') } : {}),
      ...(target.entersTenant ? { 'tenantry-reason': 'fuzz' } : {}),
      ...(body === undefined ? {} : { 'content-type': ask.raw?.contentType ?? 'application/json' }),
      ...ask.headers,
    },
    body,
  }
}

/** JSON with something wrong in it, or lines as a broken gateway might send them. */
function spoiledBody(ask: Ask, random: Random): Buffer {
  if (ask.raw === undefined) return Buffer.from(JSON.stringify(spoiled(ask.body, random)))
  const tokens = ['co2', ',', '=', ' ', '"', '\\', '\n', '1', 'i', '-1', '1e309', 't', '#', 'tenant', 'building', ask.raw.text]
  const token = () => (random.chance(0.9) ? random.pick(tokens) : random.pick(hostileTexts).slice(0, 400))
  return Buffer.from(Array.from({ length: random.between(0, 60) }, token).join(''))
}

/** A table as somebody's spreadsheet might write it, some of its cells full of surprises. */
function hostileFile(random: Random): Buffer {
  const cells = [
    'time',
    'point_type',
    'value',
    'unit',
    'sensor',
    '2026-01-01T00:00:00Z',
    'co2',
    '420',
    '1,5',
    '"',
    '""',
    '-1e308',
  ]
  const cell = () => (random.chance(0.8) ? random.pick(cells) : random.pick(hostileTexts).slice(0, 400))
  const line = () => Array.from({ length: random.between(1, 6) }, cell).join(random.pick([',', ',', ';', '\t']))
  const header = random.chance(0.7) ? ['time,point_type,value'] : []
  const lines = [...header, ...Array.from({ length: random.between(0, 40) }, line)]
  return Buffer.from(lines.join(random.pick(['\n', '\r\n', '\r'])))
}

function hostileQuery({ query }: Described, ask: Ask, random: Random): string {
  const parameters = new URLSearchParams(ask.query)
  if (query.length > 0) parameters.set(random.pick(query).name, random.pick(hostileTexts).slice(0, 3000).toWellFormed())
  return parameters.toString()
}

function hostilePath(target: Target, ask: Ask, random: Random): string {
  const names = [...target.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
  const bad = random.pick(names)
  return target.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    name === bad ? random.pick(hostileIds) : (ask.params?.[name] ?? 'none'),
  )
}

/** A genuine cursor whose inside was changed: it passes for ours until somebody looks at its values. */
function bentCursor(cursor: string, random: Random): string {
  const place = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as { values: unknown[]; id: string; query: string }
  const odd = () => random.pick<unknown>([...hostileTexts.slice(0, 40), 1e308, -1, null, true, {}])
  const bent = random.pick([
    () => ({ ...place, id: odd() }),
    () => ({ ...place, values: place.values.map(odd) }),
    () => ({ ...place, values: [...place.values, odd()] }),
    () => ({ ...place, values: [] }),
    () => ({ ...place, extra: 1 }),
  ])()
  return random.chance(0.1) ? cursor.slice(0, -3) : Buffer.from(JSON.stringify(bent)).toString('base64url')
}

function encoded(valid: FuzzRequest, body: Buffer, random: Random): FuzzRequest {
  const [encoding, bytes] = random.pick<readonly [string, Buffer]>([
    ['gzip', gzipSync(body)],
    ['gzip', gzipSync(body).subarray(0, 12)],
    ['gzip', body],
    ['gzip', gzipSync(Buffer.alloc(40 * 2 ** 20))],
    ['deflate', deflateSync(body)],
    ['deflate', body],
    ['br', body],
    ['zstd', body],
    ['nonsense', body],
    ['gzip, gzip', gzipSync(gzipSync(body))],
  ])
  return { ...valid, headers: { ...valid.headers, 'content-encoding': encoding }, body: bytes }
}
