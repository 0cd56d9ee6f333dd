import { expect, test } from 'vitest'
import { z } from 'zod'
import { resource } from '../resources/resource.ts'
import { defineSystem, type SystemDefinition } from '../system.ts'
import type { ViewDefinition } from './view.ts'
import { createViewService } from './views.ts'

const shelves = resource({
  system: 'library',
  singular: 'shelf',
  plural: 'shelves',
  table: 'library.shelves',
  fields: { name: z.string().max(50) },
  search: true,
  grantedBy: 'id',
})

const books = resource({
  system: 'library',
  singular: 'book',
  plural: 'books',
  table: 'library.books',
  fields: {
    title: z.string().min(1).max(200),
    kind: z.enum(['novel', 'poetry']).default('novel'),
    pages: z.int().min(1).optional(),
    shelfId: z.uuid(),
  },
  immutable: ['kind'],
  filters: { kind: 'equals', pages: 'range' },
  sorts: ['title'],
  references: { shelfId: 'library.shelves' },
  counts: 'books',
})

const libraryWith = (...views: ViewDefinition[]): SystemDefinition =>
  defineSystem({
    name: 'library',
    title: 'Library',
    migrations: new URL('./', import.meta.url),
    permissions: {},
    roles: {},
    tiers: { only: { features: [], limits: { books: 10, loans: { max: null, kind: 'metered', period: 'month' } } } },
    resources: [shelves, books],
    views,
  })

const viewsFor = (permissions: readonly string[], reach: 'all' | 'granted', ...views: ViewDefinition[]) =>
  createViewService({ systems: [libraryWith(...views)] }).of('library', { permissions: new Set(permissions), reach })

const aboutBooks: ViewDefinition = { kind: 'resource', name: 'books', title: { en: 'Books', de: 'Bücher' }, resource: books }
const aboutShelves: ViewDefinition = { kind: 'resource', name: 'shelves', title: 'Shelves', resource: shelves }
const glance: ViewDefinition = {
  kind: 'dashboard',
  name: 'glance',
  title: 'At a glance',
  limits: [{ name: 'books', title: 'Books' }],
  meters: [{ name: 'loans', title: 'Loans' }],
}

test('a resource is told as its routes take it: fields, what is asked for, filters, sorts, names of what it refers to', () => {
  const [view] = viewsFor(['library.books:read', 'library.books:write'], 'all', aboutBooks)
  expect(view).toMatchObject({ kind: 'resource', title: { en: 'Books', de: 'Bücher' }, icon: 'table', dashboard: null })
  expect(view?.resource).toMatchObject({
    path: '/v1/library/books',
    label: 'title',
    columns: ['title', 'kind', 'pages', 'shelfId', 'createdAt'],
    sorts: ['createdAt', 'title'],
    filters: [
      { field: 'kind', kind: 'equals' },
      { field: 'pages', kind: 'range' },
    ],
    mayCreate: true,
    mayChange: true,
    limit: 'books',
    grantable: false,
  })
  const field = (name: string) => view?.resource?.fields.find((each) => each.name === name)
  expect(field('title')).toMatchObject({
    required: true,
    nullable: false,
    schema: { type: 'string', minLength: 1, maxLength: 200 },
  })
  expect(field('kind')).toMatchObject({
    required: false,
    immutable: true,
    schema: { enum: ['novel', 'poetry'], default: 'novel' },
  })
  expect(field('pages')).toMatchObject({ title: { en: 'Pages' }, nullable: true, schema: { type: 'integer', minimum: 1 } })
  expect(field('shelfId')).toMatchObject({
    title: { en: 'Shelf' },
    references: { path: '/v1/library/shelves', label: 'name', search: true },
  })
  expect(field('createdAt')).toMatchObject({ managed: true, title: { en: 'Created', de: 'Angelegt' } })
})

test('nobody is shown a page that would be empty for him, and nobody a button that would be refused', () => {
  const names = (permissions: string[]) => viewsFor(permissions, 'all', glance, aboutBooks, aboutShelves).map(({ name }) => name)
  expect(names(['tenant:read', 'library.books:read', 'library.shelves:read'])).toEqual(['glance', 'books', 'shelves'])
  expect(names(['library.shelves:read'])).toEqual(['shelves'])
  expect(names([])).toEqual([])
  expect(viewsFor(['library.books:read'], 'all', aboutBooks)[0]?.resource).toMatchObject({ mayCreate: false, mayChange: false })
  const both = ['library.shelves:read', 'library.shelves:write']
  expect(viewsFor(both, 'granted', aboutShelves)[0]?.resource).toMatchObject({ mayCreate: false, mayChange: true })
})

test('meters are on a dashboard for those alone who may see usage', () => {
  const metersFor = (permissions: string[], reach: 'all' | 'granted') =>
    viewsFor(permissions, reach, glance)[0]?.dashboard?.meters
  expect(metersFor(['tenant:read', 'usage:read'], 'all')).toEqual([{ name: 'loans', title: { en: 'Loans' } }])
  expect(metersFor(['tenant:read'], 'all')).toEqual([])
  expect(metersFor(['tenant:read', 'usage:read'], 'granted')).toEqual([])
})

test.each<[string, ViewDefinition[], RegExp]>([
  ['a name twice', [aboutBooks, aboutBooks], /twice/],
  ['a name that is no part of an address', [{ ...aboutBooks, name: 'My books' }], /name that is none/],
  ['a column that is not there', [{ ...aboutBooks, columns: ['isbn'] }], /isbn/],
  ['a resource of another system', [{ ...aboutBooks, resource: { ...books } }], /none of its resources/],
  ['a limit that no tier has', [{ ...glance, limits: [{ name: 'films', title: 'Films' }] }], /films/],
])('%s is refused when the server starts', (_, views, message) => {
  expect(() => createViewService({ systems: [libraryWith(...views)] })).toThrow(message)
})
