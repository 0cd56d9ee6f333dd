import { describe, expect, it } from 'vitest'
import { renderReport } from './render.ts'
import { type Finding, reportOf } from './report.ts'

const finding = (rule: string, weight: Finding['weight'], object: string): Finding => ({
  rule,
  weight,
  object,
  what: `what of ${object}.`,
  why: `Why of ${rule}.`,
  mend: `mend ${object}`,
})

const counted = { rules: 50, relations: 30, enrolled: 12 }

describe('the report as text', () => {
  it('says in one line that nothing was found', () => {
    expect(renderReport(reportOf([], [], counted))).toBe('50 rules on 30 relations, 12 of them enrolled: nothing found.\n')
  })

  it('groups by weight, leaks first, and gives the reason of a rule once', () => {
    const text = renderReport(
      reportOf([finding('b', 'weak', 't1'), finding('a', 'leak', 't2'), finding('a', 'leak', 't1')], [], counted),
    )
    expect(text.indexOf('Leaks')).toBeLessThan(text.indexOf('Weak'))
    expect(text.match(/Why of a\./g)).toHaveLength(1)
    expect(text).toContain('    t1: what of t1.\n      mend: mend t1\n')
    expect(text).toContain('12 of them enrolled: 2 leak, 1 weak.')
  })

  it('has no colour unless asked', () => {
    const report = reportOf([finding('a', 'leak', 't1')], [], counted)
    expect(renderReport(report)).not.toContain('\u001b')
    expect(renderReport(report, { colour: true })).toContain('\u001b')
  })

  it('names an acceptance that is no longer needed', () => {
    const text = renderReport(reportOf([], [{ rule: 'a', object: 't1', why: '' }], counted))
    expect(text).toContain('a on t1 is no longer there')
  })
})
