import type { Ask, Fixture, Fixtures, Ground } from '../isolation/attack/fixture.ts'

/** A setting that every tenant has, whose value is a text. */
const key = 'notifications.closing'
const path = `/v1/settings/${key}`

const textOf = ({ canary, unique }: Ground) => `${canary} ${unique()}`

async function ifMatch({ send }: Ground): Promise<Record<string, string>> {
  return { 'if-match': (await send({ method: 'GET', path })).headers.etag ?? '' }
}

/** Others set it at the same time; theirs has the canary too. */
async function setText(ground: Ground): Promise<void> {
  const headers = await ifMatch(ground)
  await ground.send({ method: 'PUT', path, body: { value: textOf(ground) }, headers }).catch(() => undefined)
}

const withText =
  (ask: (ground: Ground) => Ask | Promise<Ask>): Fixture =>
  async (ground) => {
    await setText(ground)
    return ask(ground)
  }

/** The attack's fixtures for settings: they are about the whole tenant, so a limited caller may read them and change none. */
export const settingsFixtures: Fixtures = {
  listSettings: withText(() => ({})),
  exportSettings: withText(() => ({})),
  readSetting: withText(() => ({ params: { key } })),
  listSettingChanges: withText(() => ({ params: { key } })),
  // These two have a setting each that nothing else touches: versions and history would change under them.
  setSetting: async ({ send }) => {
    const alone = 'notifications.mail'
    const { headers } = await send({ method: 'GET', path: `/v1/settings/${alone}` })
    return {
      params: { key: alone },
      body: { value: true },
      headers: { 'if-match': headers.etag ?? '' },
      look: { path: `/v1/settings/${alone}` },
      shows: '"isSet":true',
      limited: 'refused',
    }
  },
  resetSetting: async (ground) => {
    const alone = 'notifications.opening'
    const path = `/v1/settings/${alone}`
    const change = async () => {
      const { body } = await ground.send({ method: 'GET', path })
      const headers = { 'if-match': `"v${body.version}"` }
      return (await ground.send({ method: 'PUT', path, body: { value: textOf(ground) }, headers })).headers.etag ?? ''
    }
    // Another trial may change it at the same moment.
    const etag = await change().catch(change).catch(change)
    return {
      params: { key: alone },
      headers: { 'if-match': etag },
      look: { path: `${path}/history` },
      limited: 'refused',
    }
  },
  importSettings: (ground) => ({ body: { settings: { [key]: textOf(ground) } }, shows: '"settings":1', limited: 'refused' }),
  testMail: async (ground) => {
    await setOnce(ground, 'mail.smtp.host', 'mail.example.invalid')
    await setOnce(ground, 'mail.smtp.from', 'sender@example.com')
    return { body: { to: ground.address() }, shows: '"delivered":true', limited: 'refused' }
  },
  testIntegration: async (ground) => {
    const { body } = await ground.send({ method: 'GET', path: '/v1/settings?category=integration' })
    const url = (body.items as { key: string }[]).find((each) => each.key.endsWith('.url'))?.key
    if (url === undefined)
      return { params: { name: 'nothing' }, limited: 'refused', impossible: 'the system has no integrations' }
    await setOnce(ground, url, `https://${ground.canary}.invalid/`)
    return { params: { name: url.split('.')[1] ?? '' }, shows: '"reached":false', limited: 'refused' }
  },
}

async function setOnce({ send }: Ground, name: string, value: string): Promise<void> {
  const { body } = await send({ method: 'GET', path: `/v1/settings/${name}` })
  if (body.isSet) return
  const headers = { 'if-match': `"v${body.version}"` }
  // Somebody else may do it at this moment.
  await send({ method: 'PUT', path: `/v1/settings/${name}`, body: { value }, headers }).catch(() => undefined)
}
