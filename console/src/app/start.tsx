import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import '@mantine/spotlight/styles.css'
import '../theme/platform-brand.css'
import './app.css'
import { DirectionProvider, MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { type FetchQueryOptions, MutationCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type RouteComponent, RouterProvider } from '@tanstack/react-router'
import { StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { initReactI18next } from 'react-i18next'
import { TenantryProblem } from '../api/api.ts'
import { boot } from '../boot.ts'
import { language, startI18n } from '../i18n/i18n.ts'
import { directionOf } from '../i18n/languages.ts'
import { cssVariables, theme } from '../theme/theme.ts'
import type { Page } from './page.ts'
import { routerOf } from './router.tsx'
import { Waiting } from './waiting.tsx'

/** The library's style elements pass the policy by the nonce of this very page. */
const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? ''
/** So does what keeps a page still behind a dialog; it looks here for it. */
Object.assign(globalThis, { __webpack_nonce__: nonce })

/** A refusal is an answer: asking again does not change it. The client has tried again what may be tried again. */
const retry = (failures: number, error: unknown) => !(error instanceof TenantryProblem) && failures < 2
const queries = new QueryClient({
  defaultOptions: { queries: { retry, staleTime: 5_000, refetchOnWindowFocus: true } },
  mutationCache: new MutationCache({ onSuccess: () => queries.invalidateQueries() }),
})

/** Milliseconds for the first page to be whole. Then what is there is shown, with a sign that more comes. */
const patience = 1_000

/**
 * Starts an entry whose pages stand in a shell. What the shell asks `first` is on its way while words and code of the page still
 * come; a question that fails is asked again, and told, by whoever needs its answer. Nothing is drawn before all of it is there:
 * React leaves each sign of waiting for 300 ms, and there would be three of them.
 */
export async function startApp(
  pages: readonly Page[],
  shell: RouteComponent,
  // biome-ignore lint/suspicious/noExplicitAny: each question has an answer of its own
  first: readonly FetchQueryOptions<any, any, any, any>[] = [],
): Promise<void> {
  const answers = first.map((question) => queries.prefetchQuery(question))
  await startI18n(['common', 'pages', 'palette'], [initReactI18next])
  const router = routerOf(pages, shell)
  await Promise.race([Promise.all([...answers, router.load()]), new Promise((resolve) => setTimeout(resolve, patience))])
  createRoot(document.getElementById('root') as HTMLElement).render(
    <StrictMode>
      <DirectionProvider initialDirection={directionOf(language)} detectDirection={false}>
        <MantineProvider
          theme={theme}
          cssVariablesResolver={cssVariables}
          defaultColorScheme={boot.scheme}
          getStyleNonce={() => nonce}
        >
          <QueryClientProvider client={queries}>
            <Notifications position="bottom-right" />
            <Suspense fallback={<Waiting />}>
              <RouterProvider router={router} />
            </Suspense>
          </QueryClientProvider>
        </MantineProvider>
      </DirectionProvider>
    </StrictMode>,
  )
}
