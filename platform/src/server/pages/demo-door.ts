import type { RequestFacts } from '../../http/pipeline.ts'
import type { DemoPerson } from './boot.ts'

/** Somebody of the demo in one of his tenants, or one who runs the platform. */
export interface DemoMember {
  readonly email: string
  readonly name: string
  /** Undefined for an operator. */
  readonly tenant: { readonly slug: string; readonly name: string; readonly role: string } | undefined
}

export interface DemoOptions {
  /** Asked at each visit: nobody while the demo is still being made. */
  readonly people: () => readonly DemoMember[]
}

/** Whether somebody stands on his own machine before a demo of his own, and who he may be then. */
export interface DemoDoor {
  isOpenFor(facts: Pick<RequestFacts, 'host' | 'address' | 'wasForwarded'>): boolean
  /** Whoever has something to do on the host: all on the bare domain. */
  peopleOf(facts: Pick<RequestFacts, 'host'>): readonly DemoPerson[]
  find(id: string): DemoMember | undefined
}

/**
 * A door without a lock: whoever comes in may be anybody. So it is there only on a machine that nobody else can reach. What the
 * installation is like is judged by whoever opens it; here each request is.
 */
export function demoDoor({ people }: DemoOptions, listensOn: () => string | undefined): DemoDoor {
  const find = (id: string) => people().find((person) => idOf(person) === id)
  return {
    isOpenFor: ({ host: { name }, address, wasForwarded }) =>
      !wasForwarded && address === '127.0.0.1' && listensOn() === '127.0.0.1' && isOfThisMachine(name),
    peopleOf({ host: { name } }) {
      const slug = name.endsWith('.localhost') ? name.slice(0, -'.localhost'.length) : undefined
      const here = people().filter(({ tenant }) => slug === undefined || slug === (tenant?.slug ?? 'dashboard'))
      return here.map((person) => ({
        id: idOf(person),
        label: person.name,
        tenant: person.tenant?.name ?? '',
        role: person.tenant?.role ?? 'operator',
      }))
    },
    find,
  }
}

function isOfThisMachine(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1' || host.endsWith('.localhost')
}

function idOf({ email, tenant }: DemoMember): string {
  return `${tenant?.slug ?? ''}:${email}`
}
