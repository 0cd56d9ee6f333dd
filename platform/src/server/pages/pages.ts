import { randomBytes } from 'node:crypto'
import { bucketOfAddress } from '../../access/address-bucket.ts'
import type { Directory } from '../../directory/directory.ts'
import type { TenantEntry } from '../../directory/entries.ts'
import type { Pages } from '../../http/pages.ts'
import type { Answer, RequestFacts } from '../../http/pipeline.ts'
import { consoleHeaders } from '../../http/security-headers.ts'
import { tokenOfCookies } from '../../identity/session-cookie.ts'
import type { SystemDefinition } from '../../system.ts'
import type { Hosts } from '../hosts.ts'
import type { Rates } from '../rates.ts'
import { type Boot, fillPage } from './boot.ts'
import { BuiltConsole, type Entry } from './built-console.ts'
import type { DemoDoor } from './demo-door.ts'
import { languageOf, spokenIn } from './language.ts'
import type { PageBrand } from './page-brand.ts'
import { type PlainPage, plainPage } from './plain-page.ts'
import { suspendedPage } from './suspended-page.ts'
import { placeOf } from './visited-place.ts'

export interface PagesOptions {
  readonly hosts: Hosts
  readonly directory: Directory
  readonly systems: readonly SystemDefinition[]
  readonly rates: Pick<Rates, 'guesses'>
  /** Of a tenant, or the installation's own, at the address that is asked for. */
  readonly brandOf: (tenant: TenantEntry | undefined, origin: string) => Promise<PageBrand>
  /** Folder of a built console; default the one that comes with the package. */
  readonly folder?: string | undefined
  readonly demo?: DemoDoor | undefined
}

/** By the status of a refusal. */
const pageOf: Readonly<Record<number, PlainPage>> = { 404: 'nothing', 429: 'busy' }

/**
 * The console for browsers: each host gets its own entry, in its own brand, under a policy that lets nothing run but the build's
 * files. A page holds nothing that needs a sign-in: what people see there they ask of the API.
 */
export function createPages(options: PagesOptions): Pages {
  const built = new BuiltConsole(options.folder)
  const { rates, demo } = options
  const signUp = options.systems.flatMap(({ name, title, signup }) => (signup === 'open' ? [{ system: name, title }] : []))

  async function show(facts: RequestFacts, entry: Entry, tenant: TenantEntry | undefined): Promise<Answer> {
    const template = built.page(entry)
    const wished = facts.headers['accept-language']
    if (template === undefined) return plainPage(503, 'notBuilt', languageOf(wished))
    const { links, ...brand } = await options.brandOf(tenant, options.hosts.originOf(facts.host.name))
    const isBase = tenant === undefined && entry === 'sign-in' && options.hosts.meaningOf(facts.host.name).kind !== 'operators'
    const people = demo?.isOpenFor(facts) ? demo.peopleOf(facts) : undefined
    const boot: Boot = {
      entry,
      ...brand,
      ...(tenant && { tenant: { slug: tenant.slug, system: tenant.system } }),
      base: options.hosts.ownOrigin('base'),
      ...(isBase && signUp.length > 0 && { signUp }),
      ...(tokenOfCookies(facts.headers.cookie) !== undefined && { hasSession: true }),
      ...(entry === 'sign-in' && people !== undefined && people.length > 0 && { demo: people }),
    }
    const nonce = randomBytes(16).toString('base64')
    // Until the page itself has chosen.
    const language = spokenIn(brand.locale) ?? languageOf(wished)
    const headers = { ...consoleHeaders(nonce), 'content-type': 'text/html; charset=utf-8', vary: 'accept-language' }
    return { status: 200, headers, body: fillPage({ template, nonce, boot, links, language }) }
  }

  return {
    refused: ({ headers }, { status }) => plainPage(status, pageOf[status] ?? 'failed', languageOf(headers['accept-language'])),

    file: (name, acceptEncoding) => built.file(name, acceptEncoding),

    async page(facts, path) {
      // Like the API: names that the database has to be asked for are few, so that guessing them is slow.
      let asked = false
      const bucket = bucketOfAddress(facts.address)
      const place = await placeOf(options, facts, path, () => {
        rates.guesses.take(bucket)
        asked = true
      })
      const wished = facts.headers['accept-language']
      if (place.kind === 'nothing') return plainPage(404, 'nothing', languageOf(wished))
      if (asked) rates.guesses.giveBack(bucket)
      if (place.kind === 'suspended') {
        return suspendedPage(await options.brandOf(place.tenant, options.hosts.originOf(facts.host.name)), wished)
      }
      if (place.kind === 'page') return show(facts, place.entry, place.tenant)
      const query = facts.query === '' ? '' : `?${facts.query}`
      return { status: 308, headers: { location: `${place.origin}${path}${query}` }, body: null }
    },
  }
}
