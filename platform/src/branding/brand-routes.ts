import { buffer } from 'node:stream/consumers'
import { z } from 'zod'
import type { TenantPrincipal } from '../access/principal.ts'
import { expectedVersion } from '../http/etag.ts'
import { type RequestInfo, type Route, reply, route } from '../http/route.ts'
import { platformFeatures } from '../plans/platform-features.ts'
import { problems } from '../problems/catalogue.ts'
import { BrandChange, imageKinds } from './brand-schema.ts'
import { BrandState, BrandVersion } from './brand-state.ts'
import { imageTypes, largestUpload } from './images/image-limits.ts'
import { once } from './once.ts'

const tags = ['Brand'] as const
const reads = { tags, permission: 'brand:read' } as const
const writes = { tags, permission: 'brand:write', role: 'admin' } as const
const OfKind = z.strictObject({ kind: z.enum(imageKinds) })

/** A brand is about the whole tenant: who sees some objects of it only does not decide how it looks. */
function requireWholeReach({ reach }: TenantPrincipal): void {
  if (reach !== 'all') throw problems.forbidden('A brand is about the whole tenant.', { permission: 'reach:all' })
}

/** Of the draft that the writer read. `etag: required` has seen to it that there is one. */
function draftOf({ principal, request }: { readonly principal: TenantPrincipal; readonly request: RequestInfo }): number {
  requireWholeReach(principal)
  return expectedVersion(request) ?? -1
}

const readBrand = route({
  ...reads,
  method: 'GET',
  path: '/v1/brand',
  operation: 'readBrand',
  summary: 'Read the brand: what is published, the draft, and what of it could not be read',
  etag: 'answered',
  responses: { 200: BrandState },
  handle: ({ scope, services }) => services.branding.read(scope),
})

const changeBrandDraft = route({
  ...writes,
  method: 'PATCH',
  path: '/v1/brand/draft',
  operation: 'changeBrandDraft',
  feature: platformFeatures.whiteLabel,
  summary: 'Change the draft; nobody sees it before it is published',
  etag: 'required',
  body: BrandChange,
  responses: { 200: BrandState },
  handle: ({ scope, body, services, ...call }) => services.branding.change(scope, body, draftOf(call)),
})

const discardBrandDraft = route({
  ...writes,
  method: 'DELETE',
  path: '/v1/brand/draft',
  operation: 'discardBrandDraft',
  summary: 'Make the draft what is published again',
  etag: 'required',
  responses: { 200: BrandState },
  handle: ({ scope, services, ...call }) => services.branding.discard(scope, draftOf(call)),
})

const setBrandImage = route({
  ...writes,
  method: 'PUT',
  path: '/v1/brand/draft/images/{kind}',
  operation: 'setBrandImage',
  feature: platformFeatures.whiteLabel,
  summary: 'Put a picture into the draft',
  description:
    'PNG, JPEG, WebP or SVG, at most 512 kB. It is drawn anew as PNG, logos into 800 by 240 pixels and an icon into 192 by 192, ' +
    'so that nothing hidden in it is served.',
  etag: 'required',
  params: OfKind,
  rawBody: { accepts: imageTypes },
  bodyLimit: largestUpload,
  responses: { 200: BrandState },
  handle: async ({ scope, params, rawBody, services, ...call }) => {
    const version = draftOf(call)
    if (rawBody === undefined) throw problems.invalid_request('The request has no picture.')
    return services.branding.setImage(scope, params.kind, await buffer(rawBody), version)
  },
})

const removeBrandImage = route({
  ...writes,
  method: 'DELETE',
  path: '/v1/brand/draft/images/{kind}',
  operation: 'removeBrandImage',
  summary: 'Take a picture out of the draft',
  etag: 'required',
  params: OfKind,
  responses: { 200: BrandState },
  handle: ({ scope, params, services, ...call }) => services.branding.removeImage(scope, params.kind, draftOf(call)),
})

const readBrandImage = route({
  ...reads,
  method: 'GET',
  path: '/v1/brand/images/{id}',
  operation: 'readBrandImage',
  summary: 'Read a picture of the brand, of the draft too',
  params: z.strictObject({ id: z.uuid() }),
  responses: { 200: 'image/png' },
  handle: async ({ scope, params, services }) => reply(200, once(await services.branding.image(scope, params.id))),
})

const publishBrand = route({
  ...writes,
  method: 'POST',
  path: '/v1/brand/publish',
  operation: 'publishBrand',
  feature: platformFeatures.whiteLabel,
  summary: 'Publish the draft, as a new version',
  etag: 'required',
  responses: { 200: BrandState },
  problems: ['conflict'],
  handle: ({ scope, services, ...call }) => services.branding.publish(scope, draftOf(call)),
})

const listBrandVersions = route({
  ...reads,
  method: 'GET',
  path: '/v1/brand/versions',
  operation: 'listBrandVersions',
  summary: 'List what was published, the latest first',
  description: 'With who published it and when; the last hundred are kept.',
  responses: { 200: z.object({ items: z.array(BrandVersion) }).meta({ id: 'BrandVersions' }) },
  handle: async ({ scope, services }) => ({ items: await services.branding.versions(scope) }),
})

const restoreBrand = route({
  ...writes,
  method: 'POST',
  path: '/v1/brand/restore',
  operation: 'restoreBrand',
  summary: 'Publish what a version said, as a new version; the draft stays',
  body: z.strictObject({ number: z.int().min(1).max(2_147_483_647) }),
  responses: { 200: BrandState },
  handle: ({ scope, body, principal, services }) => {
    requireWholeReach(principal)
    return services.branding.restore(scope, body.number)
  },
})

export const brandRoutes: readonly Route[] = [
  readBrand,
  changeBrandDraft,
  discardBrandDraft,
  setBrandImage,
  removeBrandImage,
  readBrandImage,
  publishBrand,
  listBrandVersions,
  restoreBrand,
]
