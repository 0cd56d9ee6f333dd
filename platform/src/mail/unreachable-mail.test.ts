import { expect, test } from 'vitest'
import { createOutbound } from '../outbound/outbound.ts'
import { makeMasterKey, secretBoxOf } from '../secrets/master-keys.ts'
import { createSecretService } from '../secrets/secrets.ts'
import { createSettingService } from '../settings/settings.ts'
import { createMailService } from './mail.ts'

const noTenants = {
  settings: createSettingService({
    systems: [],
    secrets: createSecretService({ secrets: secretBoxOf([]) }),
    outbound: createOutbound({ allowed: [] }),
  }),
  outbound: createOutbound({ allowed: [] }),
  branding: { forMail: () => Promise.reject(new Error('no tenant has a brand here')) },
}

test('a mail to an address that cannot exist meets no mail server, and is kept once for who made the address', async () => {
  const sent: string[] = []
  const secrets = secretBoxOf([makeMasterKey()])
  // What goes at once is no tenant's.
  const mail = createMailService({
    secrets,
    ...noTenants,
    from: 'no-reply@example.com',
    transport: async ({ to }) => void sent.push(to),
  })
  const content = { subject: 'Join us', paragraphs: ['Follow the link.'] }
  mail.sendAtOnce('ada@example.com', content)
  mail.sendAtOnce('eve@attack.invalid', content)
  expect(mail.unreachable.take('eve@attack.invalid')).toEqual(content)
  expect(mail.unreachable.take('eve@attack.invalid')).toBeUndefined()
  expect(mail.unreachable.take('ada@example.com')).toBeUndefined()
  await expect.poll(() => sent).toEqual(['ada@example.com'])
})
