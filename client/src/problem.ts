/** A refusal of the API: RFC 9457 problem details. `code` says which; its page is `type` below the base address. */
export class TenantryProblem extends Error {
  readonly code: string
  readonly status: number
  readonly title: string
  /** Path of the page about the code. */
  readonly type: string
  readonly advice: string | undefined
  /** For a report: the server's log has the cause under it. */
  readonly requestId: string | undefined
  /** Seconds to wait before another try. */
  readonly retryAfter: number | undefined
  /** Members of the code's own, such as `errors`, `limit` or `permission`. */
  readonly members: Readonly<Record<string, unknown>>

  constructor(document: Readonly<Record<string, unknown>>, response: Response) {
    const { type, title, status: _status, detail, code, advice, ...members } = document
    super(textOr(detail, `The server answered ${response.status}.`))
    this.name = 'TenantryProblem'
    this.code = textOr(code, 'unknown')
    this.status = response.status
    this.title = textOr(title, response.statusText)
    this.type = textOr(type, 'about:blank')
    this.advice = typeof advice === 'string' ? advice : undefined
    this.requestId = response.headers.get('x-request-id') ?? undefined
    this.retryAfter = retryAfterOf(response)
    this.members = members
  }
}

/** Reads a refusal; one that is no problem document (a proxy's own page) has the code `unknown`. */
export async function problemOf(response: Response): Promise<TenantryProblem> {
  const text = await response.text().catch(() => '')
  return new TenantryProblem(parseObject(text), response)
}

/** `Retry-After` in seconds, from either of its forms. */
export function retryAfterOf(response: Response): number | undefined {
  const header = response.headers.get('retry-after')
  if (header === null) return undefined
  if (/^\d+$/.test(header)) return Number(header)
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1000)
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise
}
