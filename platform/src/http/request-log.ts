import type { Logger } from 'pino'
import type { Exchange } from './exchange.ts'

/** One line per request: who asked for which route and how it ended. No address, query, header or body is in it. */
export function logRequest(logger: Logger, exchange: Exchange, milliseconds: number): void {
  const { facts, identified, opened } = exchange
  const tenant = opened?.tenant ?? identified?.tenant
  const principal = identified?.principal
  logger.info(
    {
      requestId: facts.id,
      method: facts.method,
      route: exchange.route.route.path,
      status: exchange.answered ? exchange.statusCode : 499,
      ms: Math.round(milliseconds * 100) / 100,
      tenantId: tenant?.id,
      principal: principal?.kind,
      principalId: principal && 'id' in principal ? principal.id : undefined,
      problem: exchange.problem,
    },
    'request',
  )
}

/**
 * An error for the log: names, codes, stacks, causes. Other properties are left out, because drivers put values there
 * (PostgreSQL's DETAIL names the row).
 */
export function describeError(error: unknown, depth = 4): unknown {
  if (!(error instanceof Error)) return { message: typeof error === 'string' ? error : `a thrown ${typeof error}` }
  const code = (error as { code?: unknown }).code
  return {
    name: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { code } : {}),
    stack: error.stack,
    ...(error.cause !== undefined && depth > 0 ? { cause: describeError(error.cause, depth - 1) } : {}),
  }
}
