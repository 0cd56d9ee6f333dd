import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'

interface PageOf<Item> {
  readonly items: readonly Item[]
  readonly nextCursor: string | null
}

/** For lists whose reading is noted somewhere: they are not asked again by themselves. */
interface Options {
  readonly staleTime?: number
  /** Milliseconds. */
  readonly refetchInterval?: number | false
  readonly refetchOnWindowFocus?: boolean
  readonly refetchOnReconnect?: boolean
  readonly meta?: Record<string, unknown>
}

/**
 * A list that is read page by page.
 *
 * @example
 * const members = usePages(['members', filter], async (cursor) =>
 *   (await api.GET('/v1/members', { params: { query: { ...filter, ...cursor } } })).data)
 */
export function usePages<Item>(
  key: readonly unknown[],
  read: (cursor: { cursor?: string }) => Promise<PageOf<Item>>,
  options: Options = {},
) {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => read(pageParam === null ? {} : { cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
    ...options,
  })
  return {
    rows: query.data?.pages.flatMap(({ items }) => items) ?? [],
    error: query.error,
    isPending: query.isPending,
    updatedAt: query.dataUpdatedAt,
    /** For `DataTable`. */
    more: {
      onMore: query.hasNextPage ? () => void query.fetchNextPage() : undefined,
      loadingMore: query.isFetchingNextPage,
    },
  }
}
