import { z } from 'zod'
import { type Route, route } from '../http/route.ts'
import { RoleName } from './schemas.ts'

const Session = z
  .object({
    kind: z.enum(['member', 'key']),
    id: z.uuid().describe('Of the member or the key'),
    name: z.string(),
    email: z.string().optional().describe('Of a member who acts for himself'),
    role: RoleName.optional().describe('Of a member; with a role of the tenant’s own `viewer`'),
    permissions: z.array(z.string()),
    reach: z.enum(['all', 'granted']),
    tenant: z.object({
      id: z.uuid(),
      slug: z.string(),
      name: z.string(),
      system: z.string(),
      tier: z.string(),
      status: z.string(),
      features: z.array(z.string()),
    }),
  })
  .meta({ id: 'Session' })

const readSession = route({
  method: 'GET',
  path: '/v1/session',
  operation: 'readSession',
  summary: 'Read who you are in the tenant, and what you may do',
  description: 'For pages and programs that show what is possible. Every request is judged anew.',
  tags: ['Sign-in'],
  permission: 'authenticated',
  whileSuspended: true,
  responses: { 200: Session },
  handle: ({ principal, tenant }) => ({
    kind: principal.kind,
    id: principal.id,
    name: principal.name,
    email: principal.person?.email,
    role: principal.role,
    permissions: [...principal.permissions].sort(),
    reach: principal.reach,
    tenant: {
      id: tenant.id,
      slug: tenant.slug,
      name: tenant.name,
      system: tenant.system,
      tier: tenant.tier,
      status: tenant.status,
      features: [...tenant.features].sort(),
    },
  }),
})

export const sessionInfoRoutes: readonly Route[] = [readSession]
