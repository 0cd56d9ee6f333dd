import { expect, test } from 'vitest'
import { parseWindow, windowsWithin } from './window.ts'

test.each(['1m', '15m', '45m', '90m', '1h', '12h', '1d', '1w', '1mo', '1y'])('%s is a window', (text) => {
  expect(parseWindow(text)?.text).toBe(text)
})

test.each(['7m', '5h', '24h', '1440m', '0m', '2d', '01h', '1.5h', '1H', 'h', '1', '-1h', '99999m', ''])('%j is none', (text) => {
  expect(parseWindow(text)).toBeUndefined()
})

test('never says fewer windows than a span has', () => {
  const day = 86_400_000_000
  const count = (text: string, span: number) => windowsWithin(parseWindow(text) as never, span)
  expect(count('1h', day)).toBe(25)
  expect(count('1mo', 365 * day)).toBeGreaterThanOrEqual(13)
})
