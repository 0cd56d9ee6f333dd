import type { OpenApiDocument } from './openapi.ts'

/**
 * The reference as `/llms.txt`: what there is, a line each, for programs that read text (llmstxt.org). Addresses are of the host
 * that is asked.
 */
export function referenceIndex({ info, tags, paths }: OpenApiDocument): string {
  const entries = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )
  const sections = tags.map(({ name }) => {
    const lines = entries
      .filter(({ operation }) => operation.tags[0] === name)
      .map(({ method, path, operation }) => `- [${operation.summary}](/docs#${operation.operationId}): \`${method} ${path}\``)
    return `## ${name}\n\n${lines.join('\n')}\n`
  })
  return `# ${info.title}

> An HTTP API that speaks JSON. Send \`Authorization: Bearer <key>\`. Refusals are problem details with a \`code\`; \`/errors/<code>\` says what to do.

- [OpenAPI 3.1](/v1/openapi.json): every route, parameter, body and answer
- [Reference](/docs): the same to read

${sections.join('\n')}`
}
