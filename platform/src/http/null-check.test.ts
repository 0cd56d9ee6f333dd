import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { compileWriter } from './response-schema.ts'

interface Branch {
  name: string
  readonly branches: readonly Branch[]
}
const Branch: z.ZodType<Branch> = z
  .object({
    name: z.string(),
    get branches() {
      return z.array(Branch)
    },
  })
  .meta({ id: 'Branch' })

const write = compileWriter(
  z.object({
    text: z.string(),
    note: z.string().nullable(),
    later: z.string().optional(),
    inner: z.object({ count: z.int() }),
    rows: z.array(z.object({ on: z.boolean() })),
    maybe: z.object({ size: z.number() }).nullable(),
    words: z.record(z.string(), z.string()),
    tree: Branch,
    either: z.union([z.string(), z.number()]).nullable(),
  }),
)
const good = {
  text: 'a',
  note: null,
  inner: { count: 1 },
  rows: [{ on: true }],
  maybe: null,
  words: { a: 'b' },
  tree: { name: 'root', branches: [{ name: 'leaf', branches: [] }] },
  either: null,
}

describe('an answer with null', () => {
  it('where its schema has null is written as it is', () => {
    expect(JSON.parse(write(good))).toEqual(good)
  })

  it.each([
    ['text', { text: null }],
    ['inner', { inner: null }],
    ['count', { inner: { count: null } }],
    ['rows', { rows: null }],
    ['rows', { rows: [null] }],
    ['on', { rows: [{ on: true }, { on: null }] }],
    ['size', { maybe: { size: null } }],
    ['a', { words: { a: null } }],
    ['name', { tree: { name: 'root', branches: [{ name: null, branches: [] }] } }],
    ['later', { later: null }],
  ])('where it has none is refused, naming the field (%s, %j)', (name, part) => {
    expect(() => write({ ...good, ...part })).toThrow(`null in ${name},`)
  })
})
