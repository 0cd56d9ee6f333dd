import { expect, test } from 'vitest'
import { comparedOf, comparedText, mostSeries } from './compared.ts'

test('what is compared stands in the address, each once, and comes back from it', () => {
  const compared = [
    { objectId: 'a1', seriesId: 's1' },
    { objectId: 'b-2', seriesId: 's2' },
  ]
  expect(comparedOf(comparedText(compared), 'own')).toEqual(compared)
  expect(comparedOf('a1:s1,a1:s1', 'own')).toEqual(compared.slice(0, 1))
  expect([comparedText([]), comparedOf(undefined, 'own')]).toEqual([undefined, []])
})

test('nothing in an address becomes another path, and the page’s own object is beside itself never', () => {
  expect(comparedOf('../members:x,a/b:c,a:b/c,:,a:,own:s1,a?b:c', 'own')).toEqual([])
})

test('there is room for one series of the page’s own', () => {
  const many = Array.from({ length: 20 }, (_, n) => `o${n}:s`).join(',')
  expect(comparedOf(many, 'own')).toHaveLength(mostSeries - 1)
})
