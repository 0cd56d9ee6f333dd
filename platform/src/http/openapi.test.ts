import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineProblems } from '../problems/problem.ts'
import { createOpenApi } from './openapi.ts'
import { pageOf, pageQuery } from './page.ts'
import { route } from './route.ts'

const Thing = z
  .object({ id: z.uuid(), name: z.string().max(200), note: z.string().nullable(), made: z.iso.datetime() })
  .meta({ id: 'Thing' })
const demoProblems = defineProblems({ thing_stuck: { status: 409, title: 'Thing stuck', advice: 'Pull.' } })
const params = z.strictObject({ id: z.uuid() })
const routes = [
  route({
    method: 'GET',
    path: '/v1/demo/things',
    operation: 'listThings',
    summary: 'List things',
    permission: 'demo.things:read',
    feature: 'demo.things',
    logged: 'thing.list',
    query: z.strictObject({ ...pageQuery, search: z.string().optional() }),
    responses: { 200: pageOf(Thing) },
    handle: () => undefined,
  }),
  route({
    method: 'POST',
    path: '/v1/demo/things',
    operation: 'createThing',
    summary: 'Create a thing',
    permission: 'demo.things:write',
    quota: { meter: 'things' },
    idempotency: 'required',
    body: z.strictObject({ name: z.string(), tags: z.array(z.string()).default([]) }),
    responses: { 201: Thing },
    problems: ['thing_stuck'],
    handle: () => undefined,
  }),
  route({
    method: 'PATCH',
    path: '/v1/demo/things/{id}',
    operation: 'changeThing',
    summary: 'Change a thing',
    permission: 'demo.things:write',
    etag: 'required',
    params,
    body: z.strictObject({ data: z.json() }),
    responses: { 200: Thing },
    handle: () => undefined,
  }),
  route({
    method: 'POST',
    path: '/v1/demo/import',
    operation: 'importThings',
    summary: 'Import things',
    permission: 'demo.things:write',
    rawBody: { accepts: ['text/csv'] },
    responses: { 202: null },
    handle: () => undefined,
  }),
  route({
    method: 'GET',
    path: '/v1/demo/export',
    operation: 'exportThings',
    summary: 'Export things',
    permission: 'public',
    responses: { 200: 'text/csv' },
    handle: () => undefined,
  }),
  route({
    method: 'POST',
    path: '/v1/demo/mine',
    operation: 'changeMine',
    summary: 'Change what is mine',
    permission: 'person',
    responses: { 204: null },
    handle: () => undefined,
  }),
  route({
    method: 'GET',
    path: '/v1/operator/tenants/{id}',
    operation: 'readTenant',
    summary: 'Read a tenant',
    permission: 'operator',
    entersTenant: true,
    params,
    responses: { 200: z.object({ id: z.uuid() }) },
    handle: () => undefined,
  }),
]
const document = createOpenApi({ routes, problems: [demoProblems] })

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate(JSON.parse(JSON.stringify(document)))
    expect(result.errors ?? []).toEqual([])
    expect(result.valid).toBe(true)
  })

  it('is the same whatever the order of the routes', () => {
    expect(JSON.stringify(createOpenApi({ routes: [...routes].reverse(), problems: [demoProblems] }))).toBe(
      JSON.stringify(document),
    )
  })

  it('shares named schemas and leaves none unresolved', () => {
    const text = JSON.stringify(document)
    const names = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1] as string)
    expect(names).toContain('Thing')
    for (const name of names) expect(document.components.schemas).toHaveProperty(name)
    expect(text).not.toContain('$defs')
  })

  it('tells of each operation who may call it and what it costs', () => {
    expect(document.paths['/v1/demo/things']?.get?.['x-access']).toEqual({
      audience: 'demo.things:read',
      feature: 'demo.things',
      logged: 'thing.list',
    })
    expect(document.paths['/v1/demo/things']?.post?.['x-access']).toMatchObject({
      quota: { meter: 'things' },
      idempotency: 'required',
    })
    expect(document.paths['/v1/demo/export']?.get?.security).toEqual([])
  })

  it('says of a route for persons that a cookie or an access token speaks for one, and no key', () => {
    expect(document.paths['/v1/demo/mine']?.post?.security).toEqual([{ cookie: [] }, { token: [] }])
    expect(document.paths['/v1/demo/things']?.get?.security).toEqual([{ bearer: [] }])
    expect(Object.keys(document.components.securitySchemes)).toEqual(expect.arrayContaining(['bearer', 'cookie', 'token']))
    expect(JSON.stringify(document.paths['/v1/demo/mine']?.post?.responses)).toContain('cross_site')
  })

  it('names the headers a call needs', () => {
    const headers = (path: string, method: string) =>
      document.paths[path]?.[method]?.parameters.filter((each) => each.in === 'header').map((each) => [each.name, each.required])
    expect(headers('/v1/demo/things', 'post')).toEqual([['Idempotency-Key', true]])
    expect(headers('/v1/demo/things/{id}', 'patch')).toEqual([['If-Match', true]])
    expect(headers('/v1/operator/tenants/{id}', 'get')).toEqual([['Tenantry-Reason', true]])
  })

  it("lists each code by status, the route's own among them", () => {
    const codes = JSON.stringify(document.paths['/v1/demo/things']?.post?.responses)
    for (const code of ['thing_stuck', 'quota_exceeded', 'forbidden', 'idempotency_key_required', 'malformed_body'])
      expect(codes).toContain(code)
    expect(() => createOpenApi({ routes, problems: [] })).toThrow('thing_stuck')
  })

  it('shows a limit as an integer with its bounds', () => {
    const limit = document.paths['/v1/demo/things']?.get?.parameters.find((each) => each.name === 'limit')
    expect(limit).toMatchObject({ required: false, schema: { type: 'integer', minimum: 1, maximum: 200 } })
  })
})
