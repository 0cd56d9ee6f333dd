import { countPoints, type OnboardingStep, type Services, sql, type TenantScope } from 'tenantry'
import { bmsPoints } from './point-store.ts'

/** What a new tenant does first. */
export const onboarding: readonly OnboardingStep[] = [
  {
    name: 'first_building',
    title: 'Add a building',
    done: async (scope) => {
      const found = await scope.first(sql<{ is: boolean }>`select exists (select from bms.buildings) as "is"`)
      return found?.is === true
    },
  },
  {
    name: 'first_points',
    title: 'Send points',
    // A sensor comes with its first point or is made beforehand; only points are points.
    done: async (scope, services) => (await countPoints(scope, services.points.open(bmsPoints))) > 0,
  },
]

export async function stats(
  scope: TenantScope,
  services: Services,
): Promise<{ buildings: number; sensors: number; points: number }> {
  const counted = await scope.first(
    sql<{ buildings: number; sensors: number }>`
      select (select count(*)::int from bms.buildings) as buildings, (select count(*)::int from bms.sensors) as sensors`,
    { lane: 'slow' },
  )
  const { buildings, sensors } = counted ?? { buildings: 0, sensors: 0 }
  return { buildings, sensors, points: await countPoints(scope, services.points.open(bmsPoints)) }
}
