import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { components } from '@tenantry/client'
import { api } from '../../api/api.ts'

export type BrandState = components['schemas']['BrandState']
export type BrandChange = components['schemas']['BrandChange']
export const imageKinds = ['logo-light', 'logo-dark', 'favicon'] as const
export type ImageKind = (typeof imageKinds)[number]

export const brandQuery = queryOptions({
  queryKey: ['brand'],
  queryFn: async (): Promise<BrandState> => (await api.GET('/v1/brand')).data,
})

export const versionsQuery = queryOptions({
  queryKey: ['brand', 'versions'],
  queryFn: async () => (await api.GET('/v1/brand/versions')).data.items,
})

/** As a `data:` address: the page's policy has no pictures of other kinds, and a draft's are not public. */
export const imageQuery = (id: string | undefined) =>
  queryOptions({
    queryKey: ['brand-image', id],
    queryFn: async () => {
      if (id === undefined) return null
      const { data } = await api.GET('/v1/brand/images/{id}', { params: { path: { id } }, parseAs: 'blob' })
      return dataAddress(data as Blob)
    },
    staleTime: Number.POSITIVE_INFINITY,
  })

type Params = { readonly header: { readonly 'If-Match': string } }

/** A change of the draft, upon the version that was answered last; one after the other, however fast somebody types. */
export function useDraftAct<Input = void>(act: (input: Input, params: Params) => Promise<{ readonly data: BrandState }>) {
  const queries = useQueryClient()
  return useMutation({
    scope: { id: 'brand-draft' },
    mutationFn: (input: Input) => {
      const version = queries.getQueryData(brandQuery.queryKey)?.version ?? 0
      return act(input, { header: { 'If-Match': `"v${version}"` } })
    },
    onSuccess: ({ data }) => queries.setQueryData(brandQuery.queryKey, data),
    // Somebody else may have changed it: what is shown then is his.
    onError: () => queries.invalidateQueries({ queryKey: brandQuery.queryKey }),
  })
}

/** Name, logo and colours came with the page itself: whoever published sees them as everybody does from now on. */
export const showPublished = () => location.reload()

export const changeDraft = (body: BrandChange, params: Params) => api.PATCH('/v1/brand/draft', { params, body })

function dataAddress(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result))
    reader.onerror = () => reject(reader.error)
    reader.readAsDataURL(blob)
  })
}
