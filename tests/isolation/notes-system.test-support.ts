import { defineSystem, type Fixtures, problems, resource, route, type SystemDefinition, sql } from 'tenantry'
import { z } from 'zod'

/** What somebody's application gets wrong. */
export type Mistake =
  | 'a cache whose key forgets the tenant'
  | 'a list remembered for everybody'
  | 'a refusal that tells what exists elsewhere'
  | 'a reference that nobody checks'
  | 'a tenant named in the body'
  | 'a route without a fixture'
  | 'a fixture of a route that is gone'

const notes = resource({
  system: 'notes',
  singular: 'note',
  plural: 'notes',
  table: 'notes.notes',
  fields: { text: z.string().min(1).max(500) },
})

const NotePath = z.strictObject({ id: z.uuid() })
const Text = z.object({ text: z.string() })

/** A stranger's small application: one resource, three routes of its own, and perhaps a mistake in one of them. */
export function notesSystem(mistake?: Mistake): SystemDefinition {
  return defineSystem({
    name: 'notes',
    title: 'Notes',
    migrations: new URL('./notes/', import.meta.url),
    permissions: { 'notes.notes:read': 'See notes', 'notes.notes:write': 'Change notes' },
    roles: { manager: ['notes.notes:write'], viewer: ['notes.notes:read'] },
    tiers: { only: { features: [], limits: {} } },
    resources: [notes],
    routes: [readText(mistake), listTexts(mistake), remind(mistake)],
    attack: fixturesWith(mistake),
  })
}

function readText(mistake: Mistake | undefined) {
  const cache = new Map<string, { text: string }>()
  return route({
    method: 'GET',
    path: '/v1/notes/notes/{id}/text',
    operation: 'readNoteText',
    summary: 'Read the text of a note',
    permission: 'notes.notes:read',
    params: NotePath,
    responses: { 200: Text },
    handle: async ({ scope, params }) => {
      const remembered = cache.get(params.id)
      if (remembered && mistake === 'a cache whose key forgets the tenant') return remembered
      const note = await scope.first(sql<z.output<typeof Text>>`select text from notes.notes where id = ${params.id}`)
      if (note) {
        cache.set(params.id, note)
        return note
      }
      const elsewhere = remembered && mistake === 'a refusal that tells what exists elsewhere'
      throw elsewhere ? problems.forbidden('This note is not yours.') : problems.not_found('There is no such note.')
    },
  })
}

function listTexts(mistake: Mistake | undefined) {
  let remembered: { items: z.output<typeof Text>[] } | undefined
  return route({
    method: 'GET',
    path: '/v1/notes/texts',
    operation: 'listNoteTexts',
    summary: 'List the texts of notes',
    permission: 'notes.notes:read',
    responses: { 200: z.object({ items: z.array(Text) }) },
    handle: async ({ scope }) => {
      if (remembered && mistake === 'a list remembered for everybody') return remembered
      remembered = { items: await scope.run(sql<z.output<typeof Text>>`select text from notes.notes limit 100`) }
      return remembered
    },
  })
}

function remind(mistake: Mistake | undefined) {
  const named = mistake === 'a tenant named in the body' ? { tenantId: z.uuid().optional() } : {}
  return route({
    method: 'POST',
    path: '/v1/notes/reminders',
    operation: 'remindOfNote',
    summary: 'Be reminded of a note',
    permission: 'notes.notes:write',
    body: z.strictObject({ noteId: z.uuid(), ...named }),
    responses: { 201: Text },
    problems: ['not_found'],
    handle: async ({ scope, body }) => {
      const [note] = await scope.run(sql<z.output<typeof Text>>`select text from notes.notes where id = ${body.noteId}`)
      if (!note && mistake !== 'a reference that nobody checks') throw problems.not_found('There is no such note.')
      await scope.run(sql`insert into notes.reminders (note_id) values (${body.noteId})`)
      return note ?? { text: '' }
    },
  })
}

const fixtures: Fixtures = {
  readNoteText: async ({ canary, send }) => {
    const { body } = await send({ method: 'POST', path: '/v1/notes/notes', body: { text: canary } })
    return { params: { id: body.id } }
  },
  listNoteTexts: async ({ canary, send }) => {
    await send({ method: 'POST', path: '/v1/notes/notes', body: { text: canary } })
    return {}
  },
  remindOfNote: async ({ canary, send }) => {
    const { body } = await send({ method: 'POST', path: '/v1/notes/notes', body: { text: canary } })
    return { body: { noteId: body.id } }
  },
}

function fixturesWith(mistake: Mistake | undefined): Fixtures {
  if (mistake === 'a fixture of a route that is gone') return { ...fixtures, readOldNote: () => ({}) }
  const { readNoteText: _, ...others } = fixtures
  return mistake === 'a route without a fixture' ? others : fixtures
}
