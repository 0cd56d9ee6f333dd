import { createResource, listResources, parseInstant, type Tenantry, type TenantScope, writePoints } from 'tenantry'
import { bmsPoints } from '../point-store.ts'
import { buildings } from '../resources.ts'
import { BuildingModel } from './building-model.ts'
import { seedBrand } from './demo-brand.ts'
import { type DemoKeys, demoActor, hasDemoKeys, renewDemoKeys } from './demo-keys.ts'
import { type DemoBuilding, type DemoPortfolio, portfolios } from './portfolio.ts'

export interface DemoTenant {
  readonly tenantId: string
  readonly slug: string
  readonly name: string
  /** Set when they were made just now: nobody can show them a second time. `renewDemoKeys` makes new ones. */
  readonly keys: DemoKeys | undefined
}

const backfillHours = 24
const backfillStep = 5 * 60_000

/**
 * Customers with brands, buildings, sensors, keys and a day of points, so that nothing is empty. Run again it adds what is missing,
 * for example after it was interrupted, and changes nothing else.
 *
 * @example
 * const demo = await seedDemo(tenantry)
 * for (const { slug, keys } of demo) if (keys) console.log(tenantry.addressOf(slug), keys.developer)
 */
export async function seedDemo(tenantry: Tenantry): Promise<DemoTenant[]> {
  const seeded: DemoTenant[] = []
  for (const portfolio of portfolios) seeded.push(await seedTenant(tenantry, portfolio))
  return seeded
}

async function seedTenant(
  tenantry: Tenantry,
  { slug, name, tier, brand, buildings: wanted }: DemoPortfolio,
): Promise<DemoTenant> {
  const known = await tenantry.directory.tenantBySlug(slug)
  const tenantId =
    known?.id ?? (await tenantry.services.tenants.provision({ slug, name, system: 'bms', tier }, { actor: demoActor })).id
  if (brand !== undefined) await seedBrand(tenantry, tenantId, brand)
  const scope = tenantry.scope({ tenantId, actor: demoActor })
  const { items } = await listResources(scope, buildings, { limit: 200 })
  for (const building of wanted) {
    if (!items.some((item) => item.name === building.name)) await seedBuilding(tenantry, scope, building)
  }
  const keys = (await hasDemoKeys(tenantry, tenantId)) ? undefined : await renewDemoKeys(tenantry, tenantId)
  return { tenantId, slug, name, keys }
}

/** The building and its first day. Points that are missing because this was interrupted are a gap in a demo, no more. */
async function seedBuilding(tenantry: Tenantry, scope: TenantScope, building: DemoBuilding): Promise<void> {
  const { id } = await createResource(scope, buildings, { ...building })
  const model = new BuildingModel(building)
  const now = tenantry.directory.clock()
  const steps = Array.from(
    { length: (backfillHours * 3_600_000) / backfillStep },
    (_, n) => now - (n + 1) * backfillStep,
  ).reverse()
  const points = steps.flatMap((moment) => model.pointsAt(Math.floor(moment / backfillStep) * backfillStep))
  await writePoints(
    scope,
    tenantry.services.points.open(bmsPoints),
    id,
    points.map(({ time, pointType, unit = '', value }) => ({ pointType, unit, name: '', value, time: parseInstant(time) ?? 0 })),
  )
}
