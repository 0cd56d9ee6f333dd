import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { AcceptedFinding } from './report.ts'

const list = z.array(
  z.strictObject({
    rule: z.string().min(1),
    object: z.string().min(1),
    why: z.string().trim().min(10, 'say why, in a sentence'),
  }),
)

/**
 * Reads a reviewed file of accepted `outside` findings: a JSON list of `{ rule, object, why }`.
 *
 * @throws Error that names the file and what is wrong with it.
 * @example
 * // accepted-findings.json
 * // [{ "rule": "large-object-functions", "object": "large objects", "why": "The provider gives no superuser; nothing of ours uses them." }]
 * const report = await examine(client, { ...roles, accepted: await readAcceptedFindings('accepted-findings.json') })
 */
export async function readAcceptedFindings(file: string | URL): Promise<readonly AcceptedFinding[]> {
  const text = await readFile(file, 'utf8')
  try {
    return list.parse(JSON.parse(text))
  } catch (cause) {
    const what = cause instanceof z.ZodError ? z.prettifyError(cause) : 'It is not JSON.'
    throw new Error(`The accepted findings in ${file} cannot be used. ${what}`, { cause })
  }
}
