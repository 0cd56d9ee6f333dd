import { defineSystem, resource } from 'tenantry'
import { z } from 'zod'

const shelves = resource({
  system: 'library',
  singular: 'shelf',
  plural: 'shelves',
  table: 'library.shelves',
  fields: { name: z.string().min(1).max(50) },
  search: true,
})

const books = resource({
  system: 'library',
  singular: 'book',
  plural: 'books',
  table: 'library.books',
  fields: {
    title: z.string().min(1).max(200),
    kind: z.enum(['novel', 'poetry', 'manual']).default('novel'),
    pages: z.int().min(1).max(10_000).optional(),
    lent: z.boolean().default(false),
    boughtOn: z.iso.date().optional(),
    shelfId: z.uuid(),
    notes: z.string().max(2_000).optional(),
  },
  immutable: ['kind'],
  filters: { kind: 'equals', lent: 'equals', pages: 'range' },
  sorts: ['title'],
  search: true,
  references: { shelfId: 'library.shelves' },
  counts: 'books',
})

/** A business with tables, forms and a dashboard, and not a line of React. */
export const library = defineSystem({
  name: 'library',
  title: 'Library',
  migrations: new URL('./library/', import.meta.url),
  permissions: {
    'library.shelves:read': 'See shelves',
    'library.shelves:write': 'Change shelves',
    'library.books:read': 'See books',
    'library.books:write': 'Change books',
  },
  roles: {
    manager: ['library.shelves:write', 'library.books:write'],
    viewer: ['library.shelves:read', 'library.books:read'],
  },
  tiers: { only: { features: [], limits: { books: 100 } } },
  stats: async () => ({ readers: 4_711 }),
  resources: [shelves, books],
  views: [
    {
      kind: 'dashboard',
      name: 'glance',
      title: { en: 'At a glance', de: 'Auf einen Blick' },
      stats: [{ name: 'readers', title: { en: 'Readers', de: 'Leser' } }],
      limits: [{ name: 'books', title: { en: 'Books', de: 'Bücher' } }],
    },
    {
      kind: 'resource',
      name: 'books',
      title: { en: 'Books', de: 'Bücher' },
      icon: 'book',
      resource: books,
      titles: { title: { en: 'Title', de: 'Titel' }, boughtOn: { en: 'Bought', de: 'Gekauft' } },
      columns: ['title', 'kind', 'pages', 'lent', 'shelfId', 'boughtOn'],
    },
    { kind: 'resource', name: 'shelves', title: { en: 'Shelves', de: 'Regale' }, resource: shelves },
  ],
})
