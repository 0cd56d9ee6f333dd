import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, type Installation, install } from './bms.test-support.ts'

let installation: Installation
beforeAll(async () => {
  installation = await install()
})
afterAll(() => installation?.close())

const entitlements = async (client: Client) => (await client.get('/v1/entitlements')).body

test('[BMS-16] base has the branded subdomain and ten buildings, enterprise a domain of its own and no limits', async () => {
  const [base, enterprise] = await Promise.all([installation.customer('base'), installation.customer('enterprise')])
  const max = (told: { limits: { name: string; max: number | null }[] }) =>
    Object.fromEntries(told.limits.map((limit) => [limit.name, limit.max]))
  const ofBase = await entitlements(base)
  expect(ofBase).toMatchObject({ plan: { key: 'base' }, features: [] })
  expect(max(ofBase)).toEqual({ api_calls: 1_000_000, buildings: 10, sensors: 500, users: null })
  const ofEnterprise = await entitlements(enterprise)
  expect(ofEnterprise).toMatchObject({ plan: { key: 'enterprise' }, features: ['custom_domain'] })
  expect(max(ofEnterprise)).toEqual({ api_calls: null, buildings: null, sensors: null, users: null })
})

test('[BMS-16] a custom domain can be had beside base: GBP 10 a month or GBP 50 once', async () => {
  const base = await installation.customer('base')
  expect((await base.get('/v1/plans')).body.addOns).toEqual([
    {
      key: 'custom_domain',
      version: 1,
      content: {
        title: 'Custom domain',
        features: ['custom_domain'],
        limits: {},
        prices: { currency: 'GBP', monthly: 1_000, yearly: null, once: 5_000 },
      },
    },
  ])
  expect((await base.get('/v1/entitlements/custom_domain')).body).toMatchObject({
    value: false,
    decidedBy: null,
    inPlans: ['enterprise'],
    inAddOns: ['custom_domain'],
  })
  const { services, scope } = installation.tenantry
  const email = `${randomBytes(6).toString('hex')}@example.com`
  const operator = await services.operators.create({ email, name: 'Olivia' })
  const inside = scope({ tenantId: base.tenantId, actor: { kind: 'operator', id: operator.id } })
  await services.plans.giveAddOn(inside, { key: 'custom_domain' })
  expect((await base.get('/v1/entitlements/custom_domain')).body).toMatchObject({ value: true, decidedBy: 'add_on' })
  expect(await entitlements(base)).toMatchObject({ features: ['custom_domain'], plan: { key: 'base' } })
})
