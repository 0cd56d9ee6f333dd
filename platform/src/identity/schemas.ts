import { z } from 'zod'

const Time = z.string().meta({ format: 'date-time' })

export const Email = z.string().min(3).max(320).describe('Case, and forms of letters that mean the same, do not matter')
/** Its length is judged by the rules of passwords, which say what is wrong. */
export const Password = z.string().min(1).max(1_000).meta({ format: 'password' })
export const Token = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'Must be a token as it was given out.')
export const Name = z.string().trim().min(1).max(200)
export const Code = z.string().regex(/^[0-9]{6}$/, 'Six digits.')

export const Person = z
  .object({
    id: z.uuid(),
    email: z.string(),
    emailVerified: z.boolean(),
    name: z.string(),
    secondFactor: z.boolean().describe('Whether a code is asked for at sign-in'),
    createdAt: Time,
  })
  .meta({ id: 'Person' })

const SignInTenant = z.object({ id: z.uuid(), name: z.string(), slug: z.string(), role: z.string().optional() })
const Methods = z.array(z.enum(['totp', 'backup_code']))

export const SignInAnswer = z
  .object({
    person: Person.optional(),
    tenant: SignInTenant.optional().describe('Of the host; on the bare domain the one preferred last, or the oldest membership'),
    mfa: z
      .object({ challenge: z.string().meta({ secret: true }), methods: Methods })
      .optional()
      .describe('The password was right, and a second step is asked for'),
    accessToken: z.string().meta({ secret: true }).optional().describe('For a program'),
    refreshToken: z.string().meta({ secret: true }).optional(),
    expiresAt: Time.optional().describe('Of the access token'),
  })
  .meta({ id: 'SignIn' })

export const Passkey = z
  .object({ id: z.uuid(), name: z.string(), host: z.string(), createdAt: Time, lastUsedAt: Time.optional() })
  .meta({ id: 'Passkey' })

/** What a browser's `navigator.credentials` takes (after `parseCreationOptionsFromJSON`) and gives (`toJSON`). */
export const Ceremony = z
  .object({ challenge: z.string().meta({ secret: true }), options: z.record(z.string(), z.unknown()) })
  .meta({ id: 'PasskeyCeremony' })
export const CredentialResponse = z.record(z.string(), z.unknown())
