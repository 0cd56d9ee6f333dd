import type { z } from 'zod'
import { usage } from './refusal.ts'

/** Judges flags by the schema that judges requests. @throws Refusal (exit 2) naming each flag that is wrong */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: Readonly<Record<string, unknown>>): z.output<Schema> {
  const parsed = schema.safeParse(Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)))
  if (parsed.success) return parsed.data
  throw usage(parsed.error.issues.map(({ path, message }) => `${flagOf(path)}: ${message}`).join('\n'))
}

function flagOf(path: readonly PropertyKey[]): string {
  return String(path[0] ?? 'input').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
