import { expect, test } from 'vitest'
import { InFlight } from './in-flight.ts'

test('who is under way is told, whoever came and went meanwhile', () => {
  const flight = new InFlight<{ readonly name: string }>()
  const names = () => flight.all().map(({ name }) => name)
  const [first, second] = [flight.enter({ name: 'first' }), flight.enter({ name: 'second' })]
  flight.enter({ name: 'third' })
  flight.leave(second)
  expect(names()).toEqual(['first', 'third'])
  flight.leave(first)
  flight.enter({ name: 'fourth' })
  flight.enter({ name: 'fifth' })
  expect(names().toSorted()).toEqual(['fifth', 'fourth', 'third'])
})
