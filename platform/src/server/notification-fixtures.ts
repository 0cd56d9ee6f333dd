import type { Ask, Fixtures, Ground } from '../isolation/attack/fixture.ts'

/** Of the member who asks: a key has none, and how the trial's own member fares holds no text of the tenant. */
const own: Ask = { keys: 'refused' }
/** What a stream begins with. */
const opened = 'retry: '

/** The attack's fixtures for notifications and for the log of events, which is about the whole tenant. */
export const notificationFixtures: Fixtures = {
  listNotifications: async (ground) => {
    await causeNotifications(ground)
    return { ...own, shows: '"unread"' }
  },
  followNotifications: () => ({ ...own, shows: opened }),
  readNotifications: () => ({ ...own, body: {}, shows: '"marked"' }),
  readNotificationPreferences: () => ({ ...own, shows: '"suspicious"' }),
  setNotificationPreferences: () => ({
    ...own,
    body: { preferences: { quota: { console: true, mail: false } } },
    shows: '"kind":"quota"',
  }),
  // What happened is told when every older transaction has ended, which the attack cannot wait for.
  listEvents: () => ({ shows: '"items"', limited: 'refused' }),
  followEvents: () => ({ shows: opened, limited: 'refused' }),
}

/** Two that the tenant's owner and admins are told of: exports, of which one by a key is suspicious already where it is said so. */
async function causeNotifications(ground: Ground): Promise<void> {
  const { send, sendAs, canary } = ground
  const happened = await send({ method: 'GET', path: '/v1/events?type=security.suspicious&limit=2' })
  if (happened.body.items.length === 2) return
  const path = '/v1/settings/security.exports'
  const { body: setting } = await send({ method: 'GET', path })
  const headers = { 'if-match': `"v${setting.version}"` }
  if (!setting.isSet) await send({ method: 'PUT', path, body: { value: 1 }, headers })
  const admin = await ground.member({ role: 'admin' })
  for (let count = 0; count < 2; count++) {
    const { body: key } = await send({ method: 'POST', path: '/v1/keys', body: { name: canary, permissions: ['audit:read'] } })
    await sendAs(key.credential, { method: 'GET', path: '/v1/audit', headers: { accept: 'text/csv' } })
  }
  for (let attempt = 0; attempt < 200; attempt++) {
    const { body } = await sendAs(admin.token, { method: 'GET', path: '/v1/notifications' })
    if (body.items.length >= 2) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
