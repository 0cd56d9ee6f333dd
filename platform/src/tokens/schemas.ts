import { z } from 'zod'
import { roles } from '../access/principal.ts'

const Time = z.string().meta({ format: 'date-time' })
const secret = z.string().meta({ secret: true })

const tenancy = {
  tenant: z.object({ id: z.uuid(), name: z.string(), slug: z.string() }),
  role: z.enum(roles).describe("Of a member with a role of the tenant's own: `viewer`"),
}
const access = { accessToken: secret, expiresAt: Time }

export const AccessToken = z.object({ ...access, ...tenancy }).meta({ id: 'AccessToken' })
export const ProgramTokens = z
  .object({ ...access, refreshToken: secret.describe('For one use'), ...tenancy })
  .meta({ id: 'ProgramTokens' })

/** A program goes on with tokens of the other tenant, a browser by a link to its host. */
export const TenantSwitch = z
  .object({
    ...tenancy,
    accessToken: secret.optional(),
    refreshToken: secret.optional(),
    url: secret.optional().describe("Leads a browser to the tenant's host, once"),
    expiresAt: Time,
  })
  .meta({ id: 'TenantSwitch' })

export const RefreshToken = z.string().min(1).max(200)
export const HandOffToken = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'Must be a token as it was given out.')

export const PublicKeys = z
  .object({
    keys: z.array(
      z.object({ kty: z.string(), crv: z.string(), x: z.string(), kid: z.string(), alg: z.string(), use: z.string() }),
    ),
  })
  .meta({ id: 'PublicKeys' })

/** A browser's session or a program's family. */
export const Session = z
  .object({
    id: z.uuid(),
    kind: z.enum(['browser', 'program']),
    current: z.boolean().describe('The one that asks'),
    tenantId: z.uuid().optional().describe('None for a browser on the bare domain'),
    tenantName: z.string().optional().describe("Of a program's tenant"),
    host: z.string().optional().describe('The only one that a browser is signed in on'),
    methods: z.array(z.string()).describe('`operator`: somebody of the platform acts as you'),
    address: z.string().optional().describe('Where it signed in from'),
    userAgent: z.string().optional(),
    createdAt: Time,
    usedAt: Time.describe("To the hour; a program's last refresh"),
    expiresAt: Time,
  })
  .meta({ id: 'Session' })
