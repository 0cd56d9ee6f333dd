import type { IncomingMessage, ServerResponse } from 'node:http'
import helmet, { type HelmetOptions } from 'helmet'

const shared = {
  // Sent over http too, where browsers ignore it: the server cannot know whether a proxy speaks TLS for it.
  strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: false },
  referrerPolicy: { policy: 'no-referrer' as const },
  xXssProtection: false as const,
  xDownloadOptions: false as const,
} satisfies HelmetOptions

/** For answers that are data: nothing in them may run, load or be framed. */
export const dataHeaders: Readonly<Record<string, string>> = headersOf({
  ...shared,
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xPermittedCrossDomainPolicies: false,
  xFrameOptions: false,
})

const pageDirectives = {
  defaultSrc: ["'none'"],
  styleSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
}

/** For the pages the server draws itself: one style sheet of its own, no script, no picture, nothing from outside. */
export const pageHeaders: Readonly<Record<string, string>> = headersOf({
  ...shared,
  contentSecurityPolicy: { useDefaults: false, directives: pageDirectives },
})

/** For those in a tenant's brand, whose logo, icon and manifest are files of this host too. */
export const brandedPageHeaders: Readonly<Record<string, string>> = headersOf({
  ...shared,
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { ...pageDirectives, imgSrc: ["'self'"], manifestSrc: ["'self'"] },
  },
})

const nonceMark = '__NONCE__'
const withMark = headersOf({
  ...shared,
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      // Components put their rules into one style element; what a tenant chose is never in it.
      styleSrc: ["'self'", `'nonce-${nonceMark}'`],
      imgSrc: ["'self'", 'data:'],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      manifestSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
})

/** For the console's pages: scripts and styles of this host alone, and the one style element that knows the nonce of this answer. */
export function consoleHeaders(nonce: string): Readonly<Record<string, string>> {
  const policy = withMark['content-security-policy'] ?? ''
  return { ...withMark, 'content-security-policy': policy.replace(nonceMark, nonce) }
}

/** Asks helmet once, at start: its answer is the same for every request, and asking costs more than our whole parsing. */
function headersOf(options: HelmetOptions): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {}
  const recorder = {
    setHeader: (name: string, value: string) => {
      headers[name.toLowerCase()] = String(value)
    },
    removeHeader: () => {},
  }
  helmet(options)({} as IncomingMessage, recorder as unknown as ServerResponse, (error?: unknown) => {
    if (error) throw error
  })
  return Object.freeze(headers)
}
