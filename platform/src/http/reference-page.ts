import type { OpenApiDocument } from './openapi.ts'
import { codesOfRefusal, type Operation, type OperationResponse, type Reference } from './openapi-operation.ts'
import { escapeHtml, htmlPage } from './page-shell.ts'
import { renderSchema, row, typeInWords } from './reference-schema.ts'

interface Entry {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}

/** The reference of the API as one page, drawn from its OpenAPI document. No script and nothing from outside. */
export function referencePage(document: OpenApiDocument): string {
  const entries = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Entry => ({ method: method.toUpperCase(), path, operation })),
  )
  const sections = document.tags.map(({ name }) => ({
    name,
    entries: entries.filter((entry) => entry.operation.tags[0] === name),
  }))
  const schemas = Object.entries(document.components.schemas)
  const body = `<div class="reference">
<nav>${sections.map(({ name, entries: own }) => navigation(name, own)).join('')}<a href="#schemas">Schemas</a></nav>
<main>
<h1>${escapeHtml(document.info.title)} <small>${escapeHtml(document.info.version)}</small></h1>
<p>Send <code>Authorization: Bearer &lt;key&gt;</code>. Refusals are problem details with a <code>code</code>, and each code has a page.
The same as data: <a href="/v1/openapi.json">OpenAPI 3.1</a>.</p>
${sections.map(({ name, entries: own }) => `<h2>${escapeHtml(name)}</h2>${own.map(article).join('')}`).join('')}
<h2 id="schemas">Schemas</h2>
${schemas.map(([name, schema]) => `<article id="schema-${escapeHtml(name)}"><h3>${escapeHtml(name)}</h3>${renderSchema(schema)}</article>`).join('')}
</main></div>`
  return htmlPage(document.info.title, body)
}

function navigation(name: string, entries: readonly Entry[]): string {
  const links = entries.map(
    ({ operation }) => `<li><a href="#${operation.operationId}">${escapeHtml(operation.summary)}</a></li>`,
  )
  return `<strong>${escapeHtml(name)}</strong><ul>${links.join('')}</ul>`
}

function article({ method, path, operation }: Entry): string {
  const parameters = operation.parameters.map((each) =>
    row(each.name, each.required, `${each.in}, ${typeInWords(each.schema)}`, each.description ?? ''),
  )
  const bodies = Object.entries(operation.requestBody?.content ?? {})
  return `<article id="${operation.operationId}">
<h3>${escapeHtml(operation.summary)}</h3>
<p><span class="method">${method}</span> <code>${escapeHtml(path)}</code></p>
${operation.description ? `<p>${escapeHtml(operation.description)}</p>` : ''}
<p class="guards">${guards(operation['x-access'])}</p>
${parameters.length > 0 ? `<table><tbody>${parameters.join('')}</tbody></table>` : ''}
${bodies.map(([type, { schema }]) => `<details><summary>Body, <code>${escapeHtml(type)}</code></summary>${renderSchema(schema)}</details>`).join('')}
${Object.entries(operation.responses)
  .map(([status, response]) => answer(status, response))
  .join('')}
</article>`
}

function guards(extension: Readonly<Record<string, unknown>>): string {
  const { audience, role, feature, quota } = extension
  const told = [
    audience === 'public'
      ? 'Anybody'
      : audience === 'operator'
        ? 'Platform operators'
        : audience === 'authenticated'
          ? 'Any member or key'
          : `Permission ${audience}`,
    role ? `role ${role} or higher` : '',
    feature ? `feature ${feature}` : '',
    quota ? `counts as ${(quota as { meter: string }).meter}` : '',
  ]
  return told
    .filter((each) => each !== '')
    .map(escapeHtml)
    .join(' · ')
}

function answer(status: string, response: OperationResponse | Reference): string {
  if ('$ref' in response) return `<p>${status} ${codesOfRefusal(response).map(codeLink).join(', ')}</p>`
  const [content] = Object.values(response.content ?? {})
  if (!content) return `<p>${status} ${escapeHtml(response.description)}</p>`
  return `<details><summary>${status} ${escapeHtml(response.description)}</summary>${renderSchema(content.schema)}</details>`
}

function codeLink(code: string): string {
  return `<a href="/errors/${escapeHtml(code)}"><code>${escapeHtml(code)}</code></a>`
}
