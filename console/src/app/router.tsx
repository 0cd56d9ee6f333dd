import {
  createRootRoute,
  createRoute,
  createRouter,
  defaultParseSearch,
  lazyRouteComponent,
  type RouteComponent,
} from '@tanstack/react-router'
import i18next from 'i18next'
import { BrokenPage } from './broken-page.tsx'
import { MissingPage } from './missing-page.tsx'
import type { Page } from './page.ts'
import { Waiting } from './waiting.tsx'

/** A router of the pages, in a shell. A page's words are there before the page is. */
export function routerOf(pages: readonly Page[], shell: RouteComponent) {
  const root = createRootRoute({ component: shell, notFoundComponent: MissingPage })
  const routes = pages.map((page) =>
    createRoute({
      getParentRoute: () => root,
      path: page.path,
      component: lazyRouteComponent(page.load),
      loader: () => i18next.loadNamespaces([...(page.words ?? [])]),
      staticData: { page } as object,
    }),
  )
  return createRouter({
    routeTree: root.addChildren(routes),
    defaultPreload: 'intent',
    defaultErrorComponent: BrokenPage,
    defaultPendingComponent: Waiting,
    // What somebody types into an address stays text: `?search=007`.
    parseSearch: (text) => {
      const asText = Object.fromEntries(new URLSearchParams(text))
      return { ...defaultParseSearch(text), ...asText }
    },
    stringifySearch: (search) => {
      const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== '')
      const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
      return text === '' ? '' : `?${text}`
    },
    scrollRestoration: true,
  })
}
