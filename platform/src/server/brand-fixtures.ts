import type { Ask, Fixture, Fixtures, Ground, Sent } from '../isolation/attack/fixture.ts'

const readState = ({ send }: Ground): Promise<Sent> => send({ method: 'GET', path: '/v1/brand' })

async function ifMatch(ground: Ground): Promise<Record<string, string>> {
  return { 'if-match': (await readState(ground)).headers.etag ?? '' }
}

/** Others change the draft at the same time; it is read anew then. */
async function untilDone<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (tries === 5) throw error
    }
  }
}

const wordsOf = ({ canary, unique }: Ground) => ({ displayName: `${canary} ${unique()}`, footer: canary })

function change(ground: Ground): Promise<Sent> {
  return untilDone(async () =>
    ground.send({ method: 'PATCH', path: '/v1/brand/draft', body: wordsOf(ground), headers: await ifMatch(ground) }),
  )
}

/** Somebody else may have published the change already; his brand has the canary too. */
async function publish(ground: Ground): Promise<void> {
  await untilDone(async () => {
    await change(ground)
    await ground.send({ method: 'POST', path: '/v1/brand/publish', headers: await ifMatch(ground) })
  })
}

/** Not by the draft, which its own routes change: whoever publishes words at once needs none. */
const shown =
  (ask: (ground: Ground) => Ask | Promise<Ask>): Fixture =>
  async (ground) => {
    await untilDone(async () => {
      const { headers } = await ground.send({ method: 'GET', path: '/v1/tenants/current' })
      const body = { brand: wordsOf(ground) }
      await ground.send({ method: 'PATCH', path: '/v1/tenants/current', body, headers: { 'if-match': headers.etag ?? '' } })
    })
    return ask(ground)
  }

/** SVG, so that it can be sent as text. */
const picture = ({ canary }: Ground) => ({
  contentType: 'image/svg+xml',
  text: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>${canary}</title><rect width="9" height="9"/></svg>`,
})

/** Answers the picture's id. What it shows is pixels; the name of a part of every PNG tells that they came. */
async function upload(ground: Ground): Promise<string> {
  const path = '/v1/brand/draft/images/favicon'
  const sent = await untilDone(async () =>
    ground.send({ method: 'PUT', path, raw: picture(ground), headers: await ifMatch(ground) }),
  )
  return sent.body.draft.images.favicon
}

/** The attack's fixtures for brands: they are about the whole tenant, so a limited caller may read them and change none. */
export const brandFixtures: Fixtures = {
  readPublicTenant: shown(() => ({})),
  readManifest: shown(() => ({})),
  readIcon: () => ({ shows: '<svg' }),
  readBrandStyleSheet: shown(async ({ send }) => {
    const { body } = await send({ method: 'GET', path: '/v1/public/tenant' })
    return { params: { file: String(body.styleSheet).replace('/brand/', '') }, shows: '--brand-primary' }
  }),
  readPublicBrandImage: async (ground) => {
    const id = await upload(ground)
    await untilDone(async () => ground.send({ method: 'POST', path: '/v1/brand/publish', headers: await ifMatch(ground) }))
    return { params: { id }, shows: 'IHDR' }
  },
  readBrandImage: async (ground) => ({ params: { id: await upload(ground) }, shows: 'IHDR' }),
  readBrand: async (ground) => {
    await change(ground)
    return {}
  },
  listBrandVersions: async (ground) => {
    await publish(ground)
    return {}
  },
  changeBrandDraft: async (ground) => ({ body: wordsOf(ground), headers: await ifMatch(ground), limited: 'refused' }),
  discardBrandDraft: async (ground) => {
    await change(ground)
    return { headers: await ifMatch(ground), shows: '"differs":false', limited: 'refused' }
  },
  setBrandImage: async (ground) => {
    await change(ground)
    return { params: { kind: 'favicon' }, raw: picture(ground), headers: await ifMatch(ground), limited: 'refused' }
  },
  removeBrandImage: async (ground) => {
    await change(ground)
    return { params: { kind: 'logo-dark' }, headers: await ifMatch(ground), limited: 'refused' }
  },
  publishBrand: async (ground) => {
    await change(ground)
    return { headers: await ifMatch(ground), limited: 'refused' }
  },
  restoreBrand: async (ground) => {
    await publish(ground)
    const { body } = await ground.send({ method: 'GET', path: '/v1/brand/versions' })
    return { body: { number: body.items[0].number }, limited: 'refused' }
  },
}
