import { z } from 'zod'
import { type Route, route } from '../http/route.ts'
import { relations } from '../isolation/attack/report.ts'

const Time = z.string().meta({ format: 'date-time' })
const count = z.int().min(0)
const shared = { tags: ['Operations'], permission: 'operator' } as const

const Finding = z.object({
  rule: z.string(),
  weight: z.enum(['leak', 'weak', 'outside']),
  object: z.string(),
  what: z.string(),
  why: z.string(),
  mend: z.string().describe('The statement that mends it'),
})
const Examination = z
  .object({
    at: Time,
    report: z.object({
      verdict: z.enum(['clean', 'weak', 'leak']),
      findings: z.array(Finding),
      accepted: z.array(Finding).describe('Looked at, and lived with'),
      stale: z.array(z.object({ rule: z.string(), object: z.string(), why: z.string() })).describe('Accepted, and found no more'),
      rules: count,
      relations: count,
      enrolled: count,
    }),
  })
  .meta({ id: 'IsolationExamination' })

const kept = {
  id: z.uuid(),
  at: Time,
  verdict: z.enum(['held', 'untested', 'leaking']),
  whole: z.boolean().describe('Of every route'),
}
const Counts = z.object({ ok: count, untested: count, failed: count })
const Attack = z
  .object({
    ...kept,
    report: z.object({
      verdict: kept.verdict,
      routes: z.array(z.string()),
      attackers: z.array(z.string()),
      relations: z.array(z.string()),
      notApplicable: z.array(z.object({ what: z.string(), why: z.string() })),
      cells: Counts.describe('Route by attacker by relation'),
      probes: z.record(z.string(), Counts).describe('Beyond them, by kind'),
      places: z.array(z.string()).describe('Searched beside the answers'),
      matrix: z.record(z.string(), z.partialRecord(z.enum(relations), Counts)).describe('By operation and relation'),
      findings: z.array(
        z.object({
          kind: z.enum(['failed', 'untested']),
          operation: z.string(),
          attacker: z.string(),
          trial: z.string(),
          what: z.string(),
        }),
      ),
      requests: count,
      milliseconds: z.number(),
    }),
  })
  .meta({ id: 'AttackReport' })

const readIsolation = route({
  ...shared,
  method: 'GET',
  path: '/v1/operations/isolation',
  operation: 'readIsolation',
  summary: 'Read whether the walls between tenants stand: the last examination, and the attacks that were tried',
  responses: { 200: z.object({ examination: Examination, attacks: z.array(z.object(kept)) }).meta({ id: 'Isolation' }) },
  handle: async ({ services: { isolationReports } }) => ({
    examination: isolationReports.lastExamination(),
    attacks: await isolationReports.attacks(),
  }),
})

const examineIsolation = route({
  ...shared,
  method: 'POST',
  path: '/v1/operations/isolation/examinations',
  operation: 'examineIsolation',
  summary: 'Examine the database anew, as `tenantry doctor` does; it only reads',
  idempotency: 'own',
  responses: { 200: Examination },
  handle: ({ services }) => services.isolationReports.examine(),
})

const readAttack = route({
  ...shared,
  method: 'GET',
  path: '/v1/operations/isolation/attacks/{id}',
  operation: 'readAttack',
  summary: 'Read what an attack tried, and what came of it',
  params: z.strictObject({ id: z.uuid() }),
  responses: { 200: Attack },
  handle: ({ params, services }) => services.isolationReports.attack(params.id),
})

export const isolationRoutes: readonly Route[] = [readIsolation, examineIsolation, readAttack]
