import type { FastifyRequest } from 'fastify'
import type { ProblemDefinition } from '../problems/problem.ts'
import type { Assembly } from './assembly.ts'
import { createOpenApi, type OpenApiDocument, type OpenApiOptions } from './openapi.ts'
import { problemCodesOf } from './openapi-problems.ts'
import type { Reference } from './reference-routes.ts'
import { parseHost } from './request-host.ts'
import type { Route } from './route.ts'

export interface ReferenceOptions extends OpenApiOptions {
  /** Whether a host is a tenant's: what operators may do is not there, so it is not told there. Without it no host is. */
  readonly isTenantHost?: ((name: string) => boolean) | undefined
}

/** Chooses what a request is told of the API: everything, or what a tenant's people can reach. */
export function referenceOfHost(
  { isTenantHost, ...options }: ReferenceOptions,
  { readForwarding }: Pick<Assembly, 'readForwarding'>,
  document: OpenApiDocument,
  definitions: ReadonlyMap<string, ProblemDefinition>,
): (request: FastifyRequest) => Reference {
  const everything: Reference = { document, definitions }
  if (isTenantHost === undefined) return () => everything
  const [operators, others] = [options.routes.filter(isOperators), options.routes.filter((route) => !isOperators(route))]
  const theirs = new Set(others.flatMap(problemCodesOf))
  const operatorsAlone = new Set(operators.flatMap(problemCodesOf).filter((code) => !theirs.has(code)))
  const ofTenants: Reference = {
    document: createOpenApi({ ...options, routes: others }),
    definitions: new Map([...definitions].filter(([code]) => !operatorsAlone.has(code))),
  }
  return ({ raw }) => {
    const { host } = readForwarding(raw.socket.remoteAddress ?? '', raw.headers)
    const name = parseHost(host ?? raw.headers.host)?.name
    return name !== undefined && isTenantHost(name) ? ofTenants : everything
  }
}

const isOperators = ({ permission }: Route) => permission === 'operator'
