import { type AttackReport, type Counts, sum } from './report.ts'

/** The report for people: what was tried, how it went, and each thing that is wrong. */
export function renderAttack(report: AttackReport): string {
  const { routes, attackers, relations, notApplicable, cells, probes, places, findings } = report
  const lines = [
    `${routes.length} routes, ${attackers.length} attackers: ${attackers.join(', ')}`,
    `relations: ${relations.join(', ')}`,
    ...notApplicable.map(({ what, why }) => `not applicable: ${what}: ${why}`),
    `cells: ${told(cells)}`,
    ...Object.entries(probes).map(([kind, counts]) => `  ${kind}: ${told(counts)}`),
    `searched beside the answers: ${places.length} places`,
    '',
    ...Object.entries(report.matrix).map(([operation, row]) => `  ${mark(sum(Object.values(row)))} ${operation}`),
    '',
    ...findings.map(({ kind, operation, attacker, trial, what }) => `${kind}: ${operation}, ${attacker}, ${trial}: ${what}`),
    `${report.requests} requests in ${(report.milliseconds / 1000).toFixed(1)} s: ${verdicts[report.verdict]}`,
  ]
  return `${lines.join('\n')}\n`
}

const verdicts: Readonly<Record<AttackReport['verdict'], string>> = {
  held: 'every wall held, every cell was proved',
  untested: 'nothing leaked, but not everything was proved: the attack fails',
  leaking: 'SOMETHING LEAKS',
}

function told({ ok, untested, failed }: Counts): string {
  return `${ok} ok, ${untested} untested, ${failed} failed`
}

function mark({ untested, failed }: Counts): string {
  return failed > 0 ? '✗' : untested > 0 ? '?' : '✓'
}
