import { z } from 'zod'
import { readBrand, resolveBrand } from './brand.ts'
import type { BrandLink } from './brand-chain.ts'
import type { BrandRow, VersionRow } from './brand-queries.ts'
import { Brand } from './brand-schema.ts'
import { ContrastWarning, contrastWarnings } from './contrast-warnings.ts'
import { InheritedFields, inheritedFields } from './inherited-fields.ts'
import { variablesIn } from './style-sheet.ts'

const Time = z.string().meta({ format: 'date-time' })
const Variables = z
  .record(z.string(), z.string())
  .describe('Style sheet variables: `--brand-0` to `--brand-9`, `--brand-primary` and others')

export const BrandState = z
  .object({
    draft: Brand.describe('What `publish` would publish'),
    published: Brand,
    number: z.int().describe('Of the version that is published; 0 while none ever was'),
    differs: z.boolean().describe('Whether the draft differs from what is published'),
    changedAt: Time.nullable().describe('When the draft was changed last'),
    version: z.int().describe('Of the draft, for `If-Match`'),
    inherited: InheritedFields,
    variables: z.object({ light: Variables, dark: Variables }).describe('Of the draft, for a preview'),
    warnings: z.array(ContrastWarning).describe('What of the draft could not be read'),
  })
  .meta({ id: 'BrandState' })
export type BrandState = z.output<typeof BrandState>

export const BrandVersion = z
  .object({
    number: z.int(),
    content: Brand,
    restores: z.int().nullable().describe('The latest version before it that said the same'),
    actorKind: z.enum(['member', 'key', 'operator', 'system']),
    actorId: z.uuid().nullable(),
    actorName: z.string().nullable().describe('Of a member who still belongs to the tenant'),
    at: Time,
  })
  .meta({ id: 'BrandVersion' })
export type BrandVersion = z.output<typeof BrandVersion>

/** What is published, and what `publish` would publish. */
export function preparedIn({ published, draft }: BrandRow): { readonly published: Brand; readonly draft: Brand } {
  const holding = readBrand(published)
  return { published: holding, draft: draft === null ? holding : readBrand(draft) }
}

/** `above`: what is published above the tenant. */
export function stateOf(row: BrandRow, above: readonly BrandLink[]): BrandState {
  const { name, number, version, changedAt } = row
  const { published, draft } = preparedIn(row)
  const brand = resolveBrand(name, [draft, ...above.map((link) => link.brand)])
  return {
    draft,
    published,
    number,
    differs: row.draft !== null,
    changedAt,
    version,
    inherited: inheritedFields(above),
    variables: { light: variablesIn('light', brand), dark: variablesIn('dark', brand) },
    warnings: contrastWarnings(brand),
  }
}

export function versionOf(row: VersionRow): BrandVersion {
  return { ...row, content: readBrand(row.content) }
}
