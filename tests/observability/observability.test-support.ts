import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const folder = fileURLToPath(new URL('../../observability/', import.meta.url))
export const read = (path: string) => readFileSync(`${folder}${path}`, 'utf8')

interface Panel {
  readonly title: string
  readonly targets?: readonly { readonly expr: string }[]
}

export interface Expression {
  readonly where: string
  /** With the dashboard's variables standing for everything. */
  readonly text: string
}

const variables: Readonly<Record<string, string>> = { $__rate_interval: '1m', $job: '.*', $instance: '.*', $tenant: '.*' }

export function dashboardExpressions(): Expression[] {
  const { panels } = JSON.parse(read('grafana/tenantry.json')) as { panels: readonly Panel[] }
  return panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({
      where: `panel "${title}"`,
      text: expr.replace(/\$\w+/g, (name) => variables[name] ?? `unknown variable ${name}`),
    })),
  )
}

/** By the form in which the rules are written: one line each. */
export function ruleExpressions(): Expression[] {
  return [...read('prometheus/rules.yml').matchAll(/- (?:record|alert): (\S+)\n\s+expr: (.+)\n/g)].map(
    ([, name = '', text = '']) => ({
      where: `rule ${name}`,
      text,
    }),
  )
}

export interface Selector {
  readonly metric: string
  /** That it is chosen or summed by. */
  readonly labels: readonly string[]
}

/** What an expression asks of the metrics, beside `up`, which Prometheus itself tells. */
export function selectorsOf(text: string): Selector[] {
  const summedBy = [...text.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(/,\s*/))
  return [...text.matchAll(/\b((?:http|nodejs|process|tenantry)_\w+)(?:\{([^}]*)\})?/g)].map(
    ([, metric = '', matchers = '']) => ({
      metric,
      labels: [...summedBy, ...[...matchers.matchAll(/(\w+)(?:=~|!~|!=|=)/g)].map(([, label = '']) => label)],
    }),
  )
}

/** Labels by metric, as a scrape tells them; Prometheus adds `job` and `instance`. */
export function labelsInScrape(scrape: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  for (const [, metric = '', labels = ''] of scrape.matchAll(/^([a-z_]\w*)(?:\{(.*)\})? \S+$/gm)) {
    const known = found.get(metric) ?? new Set(['job', 'instance'])
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label)
    found.set(metric, known)
  }
  return found
}
