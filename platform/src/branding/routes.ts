import { z } from 'zod'
import { type Route, reply, route } from '../http/route.ts'
import { drawnIcon } from './icon.ts'
import { once } from './once.ts'

const Colour = z.string().describe('`#rrggbb`')
const PagePath = z.string().describe('Path on this host')

const PublicTenant = z
  .object({
    displayName: z.string(),
    logo: z.object({ light: PagePath.optional(), dark: PagePath.optional() }).describe('For light and for dark backgrounds'),
    icon: PagePath,
    styleSheet: PagePath.describe('Variables of the brand'),
    theme: z.enum(['light', 'dark', 'auto']),
    colours: z.object({ primary: Colour, onPrimary: Colour, accent: Colour, background: Colour }),
    supportEmail: z.string().optional(),
    footer: z.string().optional(),
    poweredBy: z.boolean(),
  })
  .meta({ id: 'PublicTenant' })

const published = { permission: 'public', addressRate: 'published' } as const
const ofPages = { ...published, tags: ['Brand'] } as const
/** Should somebody open one of them by itself, nothing in it can do anything. */
const inert = { 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox" }
const forEver = { ...inert, 'cache-control': 'public, max-age=31536000, immutable' }
const forMinutes = { ...inert, 'cache-control': 'public, max-age=300' }

const readPublicTenant = route({
  ...published,
  method: 'GET',
  path: '/v1/public/tenant',
  operation: 'readPublicTenant',
  summary: "Read the brand of the host's tenant, without signing in",
  tags: ['Tenants'],
  responses: { 200: PublicTenant },
  handle: async ({ tenant, services }) => {
    const { brand, logo, icon, styleSheet } = await services.branding.ofHost(tenant)
    return { ...brand, logo, icon, styleSheet }
  },
})

const readBrandStyleSheet = route({
  ...ofPages,
  method: 'GET',
  path: '/brand/{file}',
  operation: 'readBrandStyleSheet',
  summary: "Read the variables of this host's brand, as a style sheet that never changes",
  params: z.strictObject({ file: z.string().max(60).describe('As `styleSheet` of `/v1/public/tenant` names it') }),
  responses: { 200: 'text/css; charset=utf-8' },
  handle: async ({ tenant, request, params, services }) =>
    reply(200, await services.branding.styleSheet(tenant, request.origin, params.file), { headers: forEver }),
})

const readPublicBrandImage = route({
  ...ofPages,
  method: 'GET',
  path: '/brand/images/{id}',
  operation: 'readPublicBrandImage',
  summary: "Read a picture of this host's brand that was published",
  params: z.strictObject({ id: z.uuid() }),
  responses: { 200: 'image/png' },
  handle: async ({ tenant, params, services }) =>
    reply(200, once(await services.branding.publicImage(tenant, params.id)), { headers: forEver }),
})

const readIcon = route({
  ...ofPages,
  method: 'GET',
  path: '/favicon.ico',
  operation: 'readIcon',
  summary: "Read this host's icon: a drawn one, or where the uploaded one is",
  responses: { 200: 'image/svg+xml', 302: null },
  handle: async ({ tenant, request, services }) => {
    const { brand, icon } = await services.branding.shownOn(tenant, request.origin)
    if (brand.images.favicon !== undefined) return reply(302, null, { headers: { ...forMinutes, location: icon } })
    return reply(200, drawnIcon(brand), { headers: forMinutes })
  },
})

const readManifest = route({
  ...ofPages,
  method: 'GET',
  path: '/manifest.webmanifest',
  operation: 'readManifest',
  summary: "Read this host's web application manifest",
  responses: { 200: 'application/manifest+json' },
  handle: async ({ tenant, request, services }) => {
    const { brand, icon } = await services.branding.shownOn(tenant, request.origin)
    const drawn = brand.images.favicon === undefined
    const manifest = {
      name: brand.displayName,
      short_name: brand.displayName,
      start_url: '/',
      display: 'standalone',
      theme_color: brand.colours.primary,
      background_color: brand.colours.background,
      icons: [{ src: icon, sizes: drawn ? 'any' : '192x192', type: drawn ? 'image/svg+xml' : 'image/png' }],
    }
    return reply(200, JSON.stringify(manifest), { headers: forMinutes })
  },
})

export const brandingRoutes: readonly Route[] = [
  readPublicTenant,
  readBrandStyleSheet,
  readPublicBrandImage,
  readIcon,
  readManifest,
]
