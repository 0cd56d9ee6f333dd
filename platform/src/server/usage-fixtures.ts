import type { Fixture, Fixtures, Ground } from '../isolation/attack/fixture.ts'

/** Usage is about the whole tenant, so a limited key may neither report it nor see it. */
const limited = 'refused'

/** The name of a metered limit, or undefined where the system has none. */
async function meterOf({ send }: Ground): Promise<string | undefined> {
  const { body } = await send({ method: 'GET', path: '/v1/usage/forecast' })
  return (body.items as { limit: string; kind: string }[]).find(({ limit, kind }) => kind === 'metered' && limit !== 'api_calls')
    ?.limit
}

const eventOf = (ground: Ground, meter: string | undefined) => ({
  key: `${ground.canary} ${ground.unique()}`,
  meter: meter ?? 'no_such_meter',
  quantity: 1,
  description: ground.canary,
  dimensions: { word: ground.canary },
})

/** Two events, so that the log has a second page. */
async function report(ground: Ground): Promise<string | undefined> {
  const meter = await meterOf(ground)
  const events = [eventOf(ground, meter), eventOf(ground, meter)]
  if (meter !== undefined) await ground.send({ method: 'POST', path: '/v1/usage', body: { events } })
  return meter
}

const ofNumbers =
  (shows: string): Fixture =>
  async (ground) => {
    await report(ground)
    return { limited, shows }
  }

export const usageFixtures: Fixtures = {
  // Whether it is accepted or not, the answer tells the key that was sent.
  recordUsage: async (ground) => ({ limited, body: { events: [eventOf(ground, await meterOf(ground))] } }),
  listUsage: async (ground) => {
    const meter = await report(ground)
    return meter === undefined ? { limited, impossible: 'the system has no meter to report' } : { limited, query: { meter } }
  },
  readDailyUsage: async (ground) => {
    const meter = await report(ground)
    return { limited, shows: meter === undefined ? '"items"' : `"${meter}"` }
  },
  readUsageHistory: ofNumbers('"items"'),
  forecastUsage: ofNumbers('"items"'),
  readAnalytics: ofNumbers('"calls30d"'),
}
