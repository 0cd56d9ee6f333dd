import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { problems } from '../problems/catalogue.ts'
import { route } from './route.ts'
import { startTestServer, type TestServer } from './server.test-support.ts'

const Thing = z.object({ id: z.uuid(), note: z.string().describe('Free <b>text</b>').optional() }).meta({ id: 'Thing' })
const readThing = route({
  method: 'GET',
  path: '/v1/demo/things/{id}',
  operation: 'readThing',
  summary: 'Read a <thing>',
  permission: 'demo.things:read',
  params: z.strictObject({ id: z.uuid() }),
  responses: { 200: Thing },
  handle: () => undefined,
})
const folder = new URL('../../../docs/errors/', import.meta.url)

let server: TestServer
beforeAll(async () => {
  server = await startTestServer([readThing])
})
afterAll(() => server.stop())

describe('the reference', () => {
  it('is served as OpenAPI and as a page, without a credential', async () => {
    const document = (await (await server.get('/v1/openapi.json')).json()) as { paths: object }
    expect(Object.keys(document.paths)).toEqual(['/v1/demo/things/{id}'])
    const page = await (await server.get('/docs')).text()
    expect(page).toContain('id="readThing"')
    expect(page).toContain('href="#schema-Thing"')
    expect(page).toContain('Permission demo.things:read')
    expect(page).not.toContain('<thing>')
    expect(page).not.toContain('<b>')
  })

  it('is served as plain text for programs that read', async () => {
    const answer = await server.get('/llms.txt')
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(await answer.text()).toMatch(
      /^# .+\n\n> [\s\S]+\n- \[Read a <thing>\]\(\/docs#readThing\): `GET \/v1\/demo\/things\/\{id\}`\n$/,
    )
  })

  it('asks nothing from outside and runs no script, and its policy allows neither', async () => {
    const answer = await server.get('/docs')
    const page = await answer.text()
    expect(page).not.toMatch(/<script|https?:|style="|\son\w+=/)
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none';style-src 'self'/)
    const sources = [...page.matchAll(/(?:src|href)="([^"#]+)"/g)].map((match) => match[1] as string)
    for (const source of new Set(sources)) expect([source, (await server.get(source)).status]).toEqual([source, 200])
  })
})

describe('each code has a page', () => {
  const codes = Object.keys(problems)

  it('of the platform', () => {
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(codes.map((code) => `${code}.md`)))
  })

  it.each(codes)('%s, that says what the catalogue says and shows an answer', async (code) => {
    const { status, title, advice } = problems[code as keyof typeof problems].definition
    const text = readFileSync(new URL(`${code}.md`, folder), 'utf8')
    expect(text.startsWith(`# ${title}\n\n\`${code}\`, status ${status}\n\n${advice}\n`)).toBe(true)
    const example = JSON.parse(/```json\n([\s\S]+?)\n```/.exec(text)?.[1] ?? 'null')
    expect(example).toMatchObject({ type: `/errors/${code}`, code, title, status, advice })
    const answer = await server.get(`/errors/${code}`)
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain(`<h2>When it happens</h2>`)
  })

  it('and an unknown code is not found', async () => {
    expect((await server.get('/errors/nothing')).status).toBe(404)
  })
})
