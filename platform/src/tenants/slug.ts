import { problems } from '../problems/catalogue.ts'

/** Names that the platform uses itself, that people trust, or that others are likely to need on the base domain. */
const reserved = [
  'about account accounts admin administrator api app apps assets auth autoconfig autodiscover billing blog broadcasthost',
  'cdn cloud community config console contact customer dashboard data db demo dev developer docs download email events',
  'example files ftp git grafana graphql health healthz help home host hostmaster hosting identity imap internal invite',
  'isatap jobs legal live local localhost login logout mail media members metrics monitor mx news noreply null oauth',
  'operator operators owner payment payments pop portal postmaster privacy private production prometheus public register',
  'registry reports root sales schema secure security server service setup shop signin signup site smtp sso staging static',
  'stats status support sysadmin system team tenant tenantry terms test undefined update upload uucp webhook webhooks',
  'webmail webmaster website wpad www',
  'amazon apple cisco facebook github gitlab google instagram linkedin meta microsoft netflix oracle paypal stripe visa',
].flatMap((line) => line.split(' '))

const reservedSlugs: ReadonlySet<string> = new Set(reserved)

/** What stands for what to a reader's eye. `1` and `l` and `i` are one class, so is what `rn` and `vv` look like. */
const lookAlikes: readonly (readonly [RegExp, string])[] = [
  [/-/g, ''],
  [/0/g, 'o'],
  [/[1i]/g, 'l'],
  [/3/g, 'e'],
  [/4/g, 'a'],
  [/5/g, 's'],
  [/7/g, 't'],
  [/8/g, 'b'],
  [/9/g, 'g'],
  [/rn/g, 'm'],
  [/vv/g, 'w'],
  [/cl/g, 'd'],
]

/** Two slugs with the same skeleton can be taken for each other. */
export function skeletonOf(slug: string): string {
  return lookAlikes.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), slug)
}

/** Ordinary words such as `mall` share a skeleton with others (`mail`); a disguise needs a digit, a hyphen or a pair. */
function isDisguised(slug: string): boolean {
  return /[0-9-]|rn|vv|cl/.test(slug)
}

/** Whether a reader may take one for the other, although both are written with different characters. */
export function looksLike(one: string, other: string): boolean {
  return one !== other && skeletonOf(one) === skeletonOf(other) && (isDisguised(one) || isDisguised(other))
}

const reservedSkeletons: ReadonlyMap<string, string> = new Map(reserved.map((name) => [skeletonOf(name), name]))

/** 3 to 40 of a-z, 0-9 and single hyphens inside; not `xn--`, which browsers show as something else. */
export const slugForm = /^(?=.{3,40}$)[a-z0-9]+(-[a-z0-9]+)*$/

/**
 * Refuses a slug that has the wrong form, is reserved, or looks like a reserved one (`adrnin`, `g00gle`).
 *
 * @throws invalid_request, slug_taken
 */
export function checkSlug(slug: string): void {
  if (!slugForm.test(slug)) {
    throw problems.invalid_request('A slug has 3 to 40 characters: a-z, 0-9 and single hyphens inside.', {
      errors: [{ path: 'slug', message: '3 to 40 of a-z, 0-9 and single hyphens inside' }],
    })
  }
  const alike = reservedSkeletons.get(skeletonOf(slug))
  if (reservedSlugs.has(slug) || (alike !== undefined && looksLike(slug, alike))) throw slugTaken(slug)
}

/** One answer for taken, reserved, quarantined and look-alike: which of them it is tells about other tenants. */
export function slugTaken(slug: string) {
  return problems.slug_taken(`The slug "${slug}" is not available.`)
}
