import { styleText } from 'node:util'
import type { Finding, Report, Weight } from './report.ts'

const headings: Readonly<Record<Weight, string>> = {
  leak: 'Leaks: rows can cross between tenants',
  weak: 'Weak: one mistake more and they could',
  outside: 'Outside: owned by the provider of the database; mend it there, or accept it by name',
}

const colours = { leak: 'red', weak: 'yellow', outside: 'cyan' } as const

/**
 * The report as text for people, grouped by weight, then by rule with its reason once.
 * For machines print `JSON.stringify(report)`.
 *
 * @example
 * process.stdout.write(renderReport(report, { colour: process.stdout.isTTY === true }))
 */
export function renderReport(report: Report, options: { readonly colour?: boolean } = {}): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    options.colour ? styleText(style, text, { validateStream: false }) : text
  const lines: string[] = []
  for (const weight of ['leak', 'weak', 'outside'] as const) {
    const found = report.findings.filter((finding) => finding.weight === weight)
    if (found.length === 0) continue
    lines.push(paint(['bold', colours[weight]], headings[weight]), '')
    for (const [rule, findings] of Map.groupBy(found, (finding) => finding.rule)) {
      lines.push(`  ${paint('bold', rule)}`, `  ${findings[0]?.why ?? ''}`, '')
      for (const finding of findings) lines.push(...renderFinding(finding, paint), '')
    }
  }
  for (const entry of report.stale) {
    lines.push(`The accepted finding ${entry.rule} on ${entry.object} is no longer there; take it off the list.`, '')
  }
  lines.push(summary(report))
  return `${lines.join('\n')}\n`
}

function renderFinding(finding: Finding, paint: (style: 'dim' | 'bold', text: string) => string): string[] {
  return [`    ${paint('bold', finding.object)}: ${finding.what}`, `      ${paint('dim', 'mend:')} ${finding.mend}`]
}

function summary(report: Report): string {
  const counts = (['leak', 'weak', 'outside'] as const)
    .map((weight) => [weight, report.findings.filter((finding) => finding.weight === weight).length] as const)
    .filter(([, count]) => count > 0)
    .map(([weight, count]) => `${count} ${weight}`)
  const accepted = report.accepted.length > 0 ? `, ${report.accepted.length} accepted` : ''
  return (
    `${report.rules} rules on ${report.relations} relations, ${report.enrolled} of them enrolled: ` +
    `${counts.length > 0 ? counts.join(', ') : 'nothing found'}${accepted}.`
  )
}
