import type { Ask, Fixture, Fixtures, Ground } from '../isolation/attack/fixture.ts'
import { newSlug } from './attack-tenants.ts'

/** The attack's fixtures for subscriptions and invoices, in a tenant of the system. */
export function billingFixtures(system: string): Fixtures {
  return { ...ownFixtures, ...operatorFixtures(system) }
}

const absent = '018f0000-0000-7000-8000-0000000000fe'
const nothingSold = { impossible: 'the system sells nothing' } as const
/** Bills are about the whole tenant, so a limited key sees none. */
const limited = 'refused'

interface Sold {
  readonly id: string
  readonly plan: string
  /** Key of an add-on that is sold by the month. */
  readonly addOn: string | undefined
}

/** What the tenant has and could buy; undefined where its system sells nothing. */
async function soldTo({ send }: Ground): Promise<Sold | undefined> {
  const read = await send({ method: 'GET', path: '/v1/subscription' }).catch(() => undefined)
  if (read === undefined) return undefined
  const { body } = await send({ method: 'GET', path: '/v1/plans' })
  const addOns = body.addOns as { key: string; content: { prices: { currency: string; monthly: number | null } } }[]
  const { id, plan, currency } = read.body
  const isForSale = ({ prices }: (typeof addOns)[number]['content']) => prices.monthly !== null && prices.currency === currency
  return { id, plan, addOn: addOns.find(({ content }) => isForSale(content))?.key }
}

const unsold: Sold = { id: absent, plan: 'none', addOn: undefined }

const ofSubscription =
  (ask: (sold: Sold, ground: Ground) => Ask | Promise<Ask>): Fixture =>
  async (ground) => {
    const sold = await soldTo(ground)
    if (sold === undefined) return { limited, ...(await ask(unsold, ground)), ...nothingSold }
    return { limited, shows: sold.id, ...(await ask(sold, ground)) }
  }

/** Every trial buys the same and cancels it to the end of the period, so that none takes from another what it needs. */
const buying = (addOn: string) => ({ method: 'PUT', path: `/v1/subscription/add-ons/${addOn}`, body: { charge: 'recurring' } })

const ofAddOn = (body?: object): Fixture =>
  ofSubscription(async ({ addOn }, { send }) => {
    const own = { params: { addOn: addOn ?? 'none' }, ...(body === undefined ? {} : { body }) }
    if (addOn === undefined) return { ...own, ...nothingSold }
    if (body === undefined) await send(buying(addOn))
    return own
  })

const ofInvoice = (ask: Ask = {}): Fixture =>
  ofSubscription(async ({ addOn }, { send }) => {
    if (addOn === undefined) return { params: { id: absent }, ...ask, ...nothingSold }
    await send(buying(addOn))
    const { body } = await send({ method: 'GET', path: '/v1/invoices?state=sealed' })
    const id = (body.items[0]?.id as string | undefined) ?? absent
    return { params: { id }, shows: id, ...ask }
  })

const ownFixtures: Fixtures = {
  readSubscription: ofSubscription(() => ({})),
  previewSubscription: ofSubscription(({ plan }) => ({ body: { plan }, shows: '"effectiveAt"' })),
  changeSubscription: ofSubscription(({ plan }) => ({ body: { plan } })),
  cancelSubscription: ofSubscription(() => ({ body: { at: 'period_end' } })),
  resumeSubscription: ofSubscription(() => ({})),
  buyAddOn: ofAddOn({ charge: 'recurring' }),
  cancelAddOn: ofAddOn(),
  listInvoices: ofInvoice({ params: {} }),
  readInvoice: ofInvoice(),
  // A document is packed, so that no text of it can be looked for.
  readInvoiceDocument: ofInvoice({ shows: '%PDF-' }),
}

/** Each on a tenant of its own. */
function operatorFixtures(system: string): Fixtures {
  const fresh =
    (ask: (tenantId: string, sold: Sold, ground: Ground) => Ask | Promise<Ask>): Fixture =>
    async (ground) => {
      const { asOperator, canary } = ground
      const made = { slug: newSlug(), name: `${canary} of an operator`, system }
      const tenantId = (await asOperator({ method: 'POST', path: '/v1/tenants', body: made })).body.id as string
      const sold = await soldTo(ground)
      const nothing = { params: { tenantId, id: absent, addOn: 'none' }, body: { plan: 'none' }, ...nothingSold }
      if (sold === undefined) return nothing
      const { id, plan } = (await asOperator({ method: 'GET', path: `/v1/tenants/${tenantId}/subscription` })).body
      return { params: { tenantId }, shows: id, ...(await ask(tenantId, { ...sold, plan }, ground)) }
    }
  const invoiced = (ask: (tenantId: string, id: string) => Ask) =>
    fresh(async (tenantId, { addOn = 'none' }, { asOperator }) => {
      const path = `/v1/tenants/${tenantId}`
      if (addOn === 'none') return { params: { tenantId, id: absent }, body: {}, ...nothingSold }
      await asOperator({ method: 'PUT', path: `${path}/subscription/add-ons/${addOn}`, body: { charge: 'recurring' } })
      const { body } = await asOperator({ method: 'GET', path: `${path}/invoices?state=sealed` })
      const id = (body.items[0]?.id as string | undefined) ?? absent
      return { params: { tenantId, id }, shows: id, ...ask(tenantId, id) }
    })
  const settled = invoiced(() => ({ body: {} }))
  return {
    readTenantSubscription: fresh(() => ({})),
    changeTenantSubscription: fresh((_tenantId, { plan }) => ({ body: { plan } })),
    buyTenantAddOn: fresh((tenantId, { addOn = 'none' }) => ({
      params: { tenantId, addOn },
      body: { charge: 'recurring' },
      ...(addOn === 'none' ? nothingSold : {}),
    })),
    listTenantInvoices: invoiced((tenantId) => ({ params: { tenantId } })),
    readTenantInvoiceDocument: invoiced(() => ({ shows: '%PDF-' })),
    markInvoicePaid: settled,
    markInvoiceFailed: settled,
    markInvoiceVoid: settled,
  }
}
