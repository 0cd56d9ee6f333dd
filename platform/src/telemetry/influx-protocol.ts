import type { ForeignProtocol } from '../http/route.ts'

/**
 * How InfluxDB's clients sign in and what they read in a refusal. A key of a tenant is their token (v2) or password (v1);
 * who they say they are is not asked. Version 2 reads `message`, version 1 `error`.
 */
export const influxProtocol: ForeignProtocol = {
  credentials: ({ authorization, query }) => [...ofHeader(authorization ?? ''), ...ofQuery(query)],
  refusal: ({ code, detail }) => ({ message: detail, error: `${code}: ${detail}` }),
}

/** `Token <key>`, `Token <user>:<key>`, or the password of `Basic`. */
function ofHeader(authorization: string): string[] {
  const [, scheme = '', text = ''] = /^(Token|Basic) +(\S+)$/i.exec(authorization) ?? []
  if (text === '') return []
  const said = scheme.toLowerCase() === 'basic' ? Buffer.from(text, 'base64').toString() : text
  return [said.slice(said.indexOf(':') + 1)].filter((key) => key !== '')
}

/** `p=<key>`, as version 1 has it. Every one that is given: two are none. */
function ofQuery(query: string): string[] {
  return query.includes('p=') ? new URLSearchParams(query).getAll('p').filter((key) => key !== '') : []
}
