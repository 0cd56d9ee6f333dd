import { expect, test } from 'vitest'
import { quotaOf } from '../quotas/quota.ts'
import { fullestOf } from './fullest-quota.ts'

const none = { mode: 'hard', period: null, periodStart: null, resetsAt: null, reserved: 0 } as const
const counted = (meter: string, used: number, max: number | null) => quotaOf({ ...none, meter, kind: 'counted', used, max })

test('the fullest is the one of which the largest share is used, and of two that are as full the first by name', () => {
  const roomy = counted('users', 50, 1_000)
  expect(fullestOf([roomy, counted('devices', 9, 10), counted('boxes', 18, 20)])).toEqual({
    meter: 'boxes',
    used: 18,
    max: 20,
    period: null,
  })
  // Of what a plan does not give nobody uses anything.
  expect(fullestOf([roomy, counted('devices', 0, 0)])).toMatchObject({ meter: 'users' })
})

test('what is held counts as used; what is unlimited or not counted is never the fullest', () => {
  const metered = quotaOf({ ...none, meter: 'calls', kind: 'metered', period: 'month', used: 1, reserved: 4, max: 10 })
  const rate = quotaOf({ ...none, meter: 'rate', kind: 'rate', period: 'minute', used: 99, max: 100 })
  expect(fullestOf([counted('users', 1_000_000, null), rate, metered])).toEqual({
    meter: 'calls',
    used: 5,
    max: 10,
    period: 'month',
  })
  expect(fullestOf([rate, counted('users', 3, null)])).toBeNull()
})
