import { z } from 'zod'
import { type Route, route } from '../http/route.ts'
import { requireWholeReach } from '../settings/routes.ts'

const testMail = route({
  method: 'POST',
  path: '/v1/settings/mail/test',
  operation: 'testMail',
  summary: "Send a test mail by the tenant's own mail server, and say how that went",
  tags: ['Settings'],
  permission: 'settings:secure',
  // A transaction would wait for somebody else's server.
  idempotency: 'own',
  body: z.strictObject({ to: z.email().max(254) }),
  responses: {
    200: z
      .object({
        delivered: z.boolean(),
        code: z
          .string()
          .describe('`delivered`, or why the mail server did not take it: `sign_in_refused`, `tls_failed` and so on'),
      })
      .meta({ id: 'TestMail' }),
  },
  problems: ['conflict'],
  handle: async ({ scope, principal, body, services }) => {
    requireWholeReach(principal)
    const code = await services.mail.test(scope, body.to)
    return { delivered: code === 'delivered', code }
  },
})

export const mailRoutes: readonly Route[] = [testMail]
