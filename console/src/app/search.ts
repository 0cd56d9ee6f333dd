import { useNavigate, useSearch } from '@tanstack/react-router'

/**
 * State of a page that lives in its address, so that it can be bookmarked and sent: filters, tab, range. All values are text;
 * `undefined` takes one away.
 *
 * @example
 * const [search, setSearch] = usePageSearch<'tab' | 'status'>()
 * setSearch({ status: 'active' })
 */
export function usePageSearch<Name extends string>() {
  const search = useSearch({ strict: false }) as Partial<Record<Name, string>>
  const navigate = useNavigate()
  const setSearch = (change: Partial<Record<Name, string | undefined>>, { replace = true } = {}) =>
    // It is the same page: whoever has scrolled to a chart stays there.
    void navigate({ to: '.', search: ((before: object) => ({ ...before, ...change })) as never, replace, resetScroll: false })
  return [search, setSearch] as const
}
