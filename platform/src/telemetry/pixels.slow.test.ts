import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { newTenant, openShop, type Shop } from '../resources/shop.test-support.ts'
import { onBothStores } from './both-stores.test-support.ts'
import { farmTables } from './farm.test-support.ts'
import { parseInstant } from './instant.ts'
import type { OpenPointStore, Point } from './point-store.ts'
import { readPixels } from './read-points.ts'
import { rollUpPoints } from './roll-up.ts'
import { writePoints } from './write-points.ts'

onBothStores((place) => {
  let store: OpenPointStore
  let shop: Shop
  let scope: TenantScope

  beforeAll(async () => {
    store = await place.open()
    shop = await openShop(farmTables)
    scope = await newTenant(shop.isolation, 'farm', { probes: 10_000 })
  })
  afterAll(() => shop?.close())
  afterAll(() => place.close())

  type Sample = readonly [time: number, value: number]

  const start = parseInstant('2026-01-01T00:00:00Z') ?? 0
  const second = 1_000_000

  async function fieldWith(samples: readonly Sample[], more: readonly Point[] = []): Promise<string> {
    const field = await scope.first(sql<{ id: string }>`insert into farm.fields default values returning id`)
    const points = samples.map(([time, value]): Point => ({ pointType: 'temperature', unit: '', name: '', time, value }))
    await writePoints(scope, store, field?.id ?? '', [...points, ...more])
    return field?.id ?? ''
  }

  async function picture(field: string, end: number, pixels: number): Promise<Sample[]> {
    const { points } = await readPixels(scope, store, field, { start, end, pixels })
    return (await Array.fromAsync(points)).map(({ time, value }) => [parseInstant(time) ?? Number.NaN, value])
  }

  /** As one would write it by hand, in the memory of one process. */
  function naivePicture(samples: readonly Sample[], end: number, pixels: number): Sample[] {
    const width = Math.ceil((end - start) / (pixels - 1))
    const known = new Map(samples)
    const sorted = [...known].filter(([time]) => time >= start && time < end).toSorted(([a], [b]) => a - b)
    const shown = new Set<number>(sorted.length === 0 ? [] : [sorted[0]?.[0] ?? 0, sorted.at(-1)?.[0] ?? 0])
    for (const inPixel of Map.groupBy(sorted, ([time]) => Math.floor((time - start) / width)).values()) {
      const values = inPixel.map(([, value]) => value)
      const [lowest, highest] = [Math.min(...values), Math.max(...values)]
      shown.add(inPixel.find(([, value]) => value === lowest)?.[0] ?? 0)
      shown.add(inPixel.findLast(([, value]) => value === highest)?.[0] ?? 0)
    }
    return sorted.filter(([time]) => shown.has(time))
  }

  /** Numbers that repeat for a seed, so that a failure can be run again. */
  function randomFrom(seed: number): () => number {
    let state = seed
    return () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return state / 2 ** 32
    }
  }

  test('[BMS-3] pixels keep the lowest and the highest of each, the first and the last: as a naive picture does, 40 times by chance', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = randomFrom(seed)
      const span = Math.ceil(random() * 5_000_000) * (seed % 2 === 0 ? 1 : second)
      const count = Math.ceil(random() ** 2 * 800)
      const pixels = 2 + Math.floor(random() ** 2 * 120)
      // Few distinct values make ties; some times come twice, the later value counts; a quarter of the span has no points.
      const samples = Array.from({ length: count }, (): Sample => {
        const place = random() * 0.75
        return [start + Math.floor((place < 0.4 ? place : place + 0.25) * span), Math.round(random() * 9) - 4 + (seed % 3) / 10]
      })
      const shown = await picture(await fieldWith(samples), start + span, pixels)
      expect(shown, `seed ${seed}`).toEqual(naivePicture(samples, start + span, pixels))
      expect(shown.length, `seed ${seed}`).toBeLessThanOrEqual(2 * pixels)
    }
  })

  test('[BMS-3] a spike of one point in a day of seconds is in the picture, at its own time', async () => {
    const samples = Array.from({ length: 86_400 }, (_, n): Sample => [start + n * second, n === 54_321 ? 99.5 : 20])
    const shown = await picture(await fieldWith(samples), start + 86_400 * second, 100)
    expect(shown).toContainEqual([start + 54_321 * second, 99.5])
    expect(shown.length).toBeLessThanOrEqual(200)
  })

  test('[BMS-3] a gap stays a gap: no point is made up in a pixel in which nothing was measured', async () => {
    const hours = [0, 1, 2, 12, 13, 14]
    const samples = hours.flatMap((hour) =>
      Array.from({ length: 60 }, (_, n): Sample => [start + (hour * 60 + n) * 60 * second, n]),
    )
    const shown = await picture(await fieldWith(samples), start + 24 * 3_600 * second, 97)
    const steps = shown.slice(1).map(([time], n) => (time - (shown[n]?.[0] ?? 0)) / (60 * second))
    // From the last minute of hour 2 to the first of hour 12.
    expect(steps.filter((minutes) => minutes > 30)).toEqual([541])
  })

  test('points of several series are told apart, each with its own first and last', async () => {
    const other: Point = { pointType: 'co2', unit: 'ppm', name: '', time: start + 5 * second, value: 400 }
    const field = await fieldWith(
      [
        [start, 1],
        [start + second, 2],
      ],
      [other],
    )
    const { head, points, pixelSeconds } = await readPixels(scope, store, field, { start, end: start + 90 * second, pixels: 10 })
    const kinds = new Map(head.series.map(({ id, pointType }) => [id, pointType]))
    const rows = (await Array.fromAsync(points)).map(({ seriesId, time, value }) => [
      kinds.get(seriesId),
      parseInstant(time),
      value,
    ])
    expect(rows).toHaveLength(3)
    expect(rows).toEqual(
      expect.arrayContaining([
        ['temperature', start, 1],
        ['temperature', start + second, 2],
        ['co2', start + 5 * second, 400],
      ]),
    )
    expect(pixelSeconds).toBe(10)
  })

  test('nothing measured is an empty picture; a span that ends before it begins is refused', async () => {
    const field = await fieldWith([[start, 1]])
    const later = start + 3_600 * second
    const { points } = await readPixels(scope, store, field, { start: later, end: later + second, pixels: 10 })
    expect(await Array.fromAsync(points)).toEqual([])
    await expect(picture(field, start, 10)).rejects.toMatchObject({ code: 'invalid_request' })
  })

  test.skipIf(place.isInflux).each([
    { pixels: 100, minutes: 15, what: 'quarter of an hour' },
    { pixels: 40, minutes: 60, what: 'hour' },
  ])(
    '[BMS-3] from rollups a picture has the values that it has from points, at the beginning of their $what',
    async ({ pixels, minutes }) => {
      const minute = 60 * second
      const random = randomFrom(7)
      const samples = Array.from(
        { length: 12_000 },
        (_, n): Sample => [start + n * minute, Math.round(random() * 1_000) / 10],
      ).filter((_, n) => n < 3_000 || n > 5_000)
      const field = await fieldWith(samples)
      const end = start + 12_000 * minute
      const before = await picture(field, end, pixels)
      while ((await rollUpPoints(scope, store, { all: true })) > 0);
      await writePoints(scope, store, field, [
        { pointType: 'temperature', unit: '', name: '', time: start + 7_007 * minute + 1, value: 2_000 },
      ])
      const after = await picture(field, end, pixels)
      const known = new Map(samples)
      expect([after[0], after.at(-1)]).toEqual([samples[0], samples.at(-1)])
      expect(after.length).toBeLessThanOrEqual(2 * pixels)
      // What is not rolled up yet is there at its own time.
      expect(after).toContainEqual([start + 7_007 * minute + 1, 2_000])
      const beginning = (time: number) => Math.floor(time / (minutes * minute)) * minutes * minute
      for (const [time, value] of after.slice(1, -1)) {
        if (value === 2_000) continue
        const within = Array.from({ length: minutes }, (_, n) => known.get(beginning(time) + n * minute))
        expect(within, new Date(time / 1_000).toISOString()).toContain(value)
      }
      const values = (shown: readonly Sample[]) => shown.map(([, value]) => value).filter((value) => value !== 2_000)
      const extremes = (shown: readonly Sample[]) => [Math.min(...values(shown)), Math.max(...values(shown))]
      expect(extremes(after)).toEqual(extremes(before))
      const gap = after.slice(1).findIndex(([time], n) => time - (after[n]?.[0] ?? 0) > 1_900 * minute)
      expect(after[gap]?.[0]).toBeLessThan(start + 3_000 * minute)
      expect(after[gap + 1]?.[0]).toBeGreaterThanOrEqual(start + (5_001 - minutes) * minute)
    },
  )
})
