import type { JsonSchema } from './openapi-schemas.ts'
import { escapeHtml } from './page-shell.ts'

/** A schema in words: `string (uuid)`, `list of Thing`, `string or null`. Shared ones are linked. */
export function typeInWords(schema: JsonSchema): string {
  if (typeof schema.$ref === 'string') {
    const name = escapeHtml(schema.$ref.split('/').at(-1) ?? '')
    return `<a href="#schema-${name}">${name}</a>`
  }
  if (schema.const !== undefined) return `<code>${escapeHtml(JSON.stringify(schema.const))}</code>`
  if (Array.isArray(schema.enum)) return schema.enum.map((each) => `<code>${escapeHtml(JSON.stringify(each))}</code>`).join(', ')
  const branches = (schema.anyOf ?? schema.oneOf ?? schema.allOf) as JsonSchema[] | undefined
  if (branches) return branches.map(typeInWords).join(schema.allOf ? ' with ' : ' or ')
  if (schema.type === 'array') return `list of ${typeInWords((schema.items ?? {}) as JsonSchema)}`
  const type = Array.isArray(schema.type) ? schema.type.join(' or ') : typeof schema.type === 'string' ? schema.type : 'anything'
  const bounds = [
    schema.format,
    range(schema.minimum, schema.maximum, ''),
    range(schema.minLength, schema.maxLength, ' characters'),
  ]
  const told = bounds.filter((each) => typeof each === 'string' && each !== '')
  return escapeHtml(told.length > 0 ? `${type} (${told.join(', ')})` : type)
}

/** The fields of an object as a table; any other schema in words. */
export function renderSchema(schema: JsonSchema): string {
  const properties = schema.properties as Record<string, JsonSchema> | undefined
  if (!properties) return `<p>${typeInWords(schema)}</p>`
  const required = new Set((schema.required as string[] | undefined) ?? [])
  const rows = Object.entries(properties).map(([name, each]) => {
    const nested = each.type === 'array' ? (each.items as JsonSchema | undefined) : each
    const inner = nested?.properties ? renderSchema(nested) : ''
    return row(name, required.has(name), typeInWords(each), typeof each.description === 'string' ? each.description : '', inner)
  })
  return `<table><tbody>${rows.join('')}</tbody></table>`
}

export function row(name: string, required: boolean, type: string, description: string, inner = ''): string {
  return `<tr><td><code>${escapeHtml(name)}</code>${required ? '' : ' <small>optional</small>'}</td><td>${type}</td><td>${escapeHtml(description)}${inner}</td></tr>`
}

function range(minimum: unknown, maximum: unknown, unit: string): string {
  if (minimum === undefined && maximum === undefined) return ''
  if (maximum === undefined) return `at least ${minimum}${unit}`
  return minimum === undefined ? `at most ${maximum}${unit}` : `${minimum} to ${maximum}${unit}`
}
