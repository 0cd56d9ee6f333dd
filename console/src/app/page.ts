import type { TablerIcon } from '@tabler/icons-react'
import type { ComponentType } from 'react'

/** A page of the operators' console or the portal. Its code is fetched when somebody goes there. */
export interface Page {
  /** As TanStack Router has it: `/members/$memberId`. */
  readonly path: string
  /** Key of its name, in the namespace `pages`: `members`. */
  readonly name: string
  /** Its name where that is no word of ours: of a page that a system declares. Already in the visitor's language. */
  readonly title?: string
  /** Without one the page is not in the menu: it is reached from another. */
  readonly icon?: TablerIcon
  /** Group of the menu it stands in, a key of `pages:groups`. */
  readonly group?: string
  /** Without it (and the role) the page is not in the menu, and says why when its address is typed. */
  readonly permission?: string
  readonly role?: 'owner' | 'admin' | 'manager' | 'user' | 'viewer'
  /** It is about the whole tenant, and not for who is limited to granted objects. */
  readonly wholeReach?: boolean
  /** Namespaces of words that it speaks, beside `common`. */
  readonly words?: readonly string[]
  readonly load: () => Promise<{ readonly default: ComponentType }>
}

/** Checks a list of pages, so that each is declared as what it is. */
export function definePages(pages: readonly Page[]): readonly Page[] {
  return pages
}
