import { z } from 'zod'
import { fieldOf, inheritableFields } from './brand.ts'
import type { BrandLink } from './brand-chain.ts'

export const InheritedFields = z
  .record(
    z.string(),
    z.object({ value: z.union([z.string(), z.boolean()]), from: z.string().describe('Display name of whose brand says so') }),
  )
  .describe(
    'What holds of the published brands above this tenant where its own says nothing, by field: `footer`, `colours.primary`, `images.favicon`',
  )
type InheritedFields = z.output<typeof InheritedFields>

/** `above`: the nearest first. Nothing is told of those above but these values and a name. */
export function inheritedFields(above: readonly BrandLink[]): InheritedFields {
  const told: InheritedFields = {}
  for (const field of inheritableFields) {
    const saying = above.find(({ brand }) => fieldOf(brand, field) !== undefined)
    const value = saying && fieldOf(saying.brand, field)
    if (saying !== undefined && value !== undefined) told[field] = { value, from: saying.brand.displayName ?? saying.name }
  }
  return told
}
