import type { DemoMember, DemoOptions } from '../../server/pages/demo-door.ts'
import type { Call } from '../command.ts'
import type { OpenDemo } from './demo-keys-file.ts'

/** The people of the demo at the start page; nobody until it is open. */
export interface StartPage extends DemoOptions {
  open(demo: OpenDemo): void
}

/** Somebody who runs the platform, beside the operator who chooses his password by a link. */
const operator: DemoMember = { email: 'start-page@example.com', name: 'Operator', tenant: undefined }

/**
 * The start page signs in whoever clicks, as whom he likes. So there is one only where nobody but the person at this machine can
 * come: on an embedded database with its demo, with nothing configured that says otherwise. Each request is judged besides.
 */
export function startPage({ configuration, given }: Pick<Call, 'configuration' | 'given'>): StartPage | undefined {
  const { databaseUrl, adminUrl, trustedProxies, baseDomain, publicScheme, host, empty } = configuration
  const isOwn = databaseUrl === undefined && adminUrl === undefined && !empty && host === '127.0.0.1'
  const isPlain = trustedProxies.length === 0 && !given.has('baseDomain') && baseDomain === 'localhost' && publicScheme === 'http'
  if (!isOwn || !isPlain) return undefined
  let people: readonly DemoMember[] = []
  return {
    people: () => people,
    open: (demo) => {
      people = [operator, ...membersOf(demo)]
    },
  }
}

/** Somebody of several tenants is in each of them once. */
function membersOf({ people, tenants }: OpenDemo): DemoMember[] {
  return tenants.flatMap(({ slug, name }) =>
    people.flatMap((person) => {
      const role = person.roles[slug]
      return role === undefined ? [] : [{ email: person.email, name: person.name, tenant: { slug, name, role } }]
    }),
  )
}
