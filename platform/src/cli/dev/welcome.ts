import type { Output } from '../output.ts'
import type { OpenDemo } from './demo-keys-file.ts'

export interface Welcome {
  readonly address: string
  /** Where everybody of the demo is one click away. */
  readonly start: string | undefined
  readonly addressOf: (slug: string) => string
  readonly metrics: string | undefined
  readonly demo: OpenDemo | undefined
  readonly keysFile: string
}

/** Where things are, once and calmly; keys only when they were made just now. */
export function welcome(out: Output, { address, start, addressOf, metrics, demo, keysFile }: Welcome): void {
  const tenants = (demo?.tenants ?? []).map(({ slug, name, keys }) => ({ slug, name, address: addressOf(slug), keys }))
  const dashboard = addressOf('dashboard')
  const facts = {
    address,
    start: start ?? null,
    dashboard,
    docs: `${address}/docs`,
    metrics: metrics ?? null,
    keysFile: demo === undefined ? null : keysFile,
    tenants: tenants.map(({ slug, name, address: at, keys }) => ({
      slug,
      name,
      address: at,
      ...(demo?.isNew ? { key: keys.developer } : {}),
    })),
    ...(demo?.isNew ? { people: demo.people, operator: demo.operator } : {}),
  }
  const places: [string, string][] = [
    ['Tenantry', address],
    ...tenants.map((tenant): [string, string] => [tenant.name, tenant.address]),
    ['Operators', dashboard],
    ['API reference', facts.docs],
    ...(metrics === undefined ? [] : [['Metrics', metrics] satisfies [string, string]]),
  ]
  out.result(facts, () =>
    [
      '',
      ...columns(places),
      '',
      ...(start === undefined ? [] : [`  Start here, as anybody of the demo, by a click: ${start}`, '']),
      ...(demo === undefined ? [] : keysText(facts, tenants[0]?.keys.developer, demo)),
      '  Ctrl-C ends everything.',
      '',
    ].join('\n'),
  )
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`)
}

interface Facts {
  readonly address: string
  readonly keysFile: string | null
  readonly tenants: readonly { readonly slug: string; readonly name: string; readonly key?: string }[]
}

function keysText({ address, keysFile, tenants }: Facts, key: string | undefined, demo: OpenDemo): string[] {
  if (!demo.isNew) return [`  The demo's keys and passwords are in ${keysFile}`, '']
  return [
    '  Keys of the demo, shown this once:',
    ...columns(tenants.map(({ name, key: own = '' }) => [name, own])),
    '',
    '  Its people, with their passwords; who each is stands in the address:',
    ...columns(demo.people.map(({ email, password }) => [email, password])),
    '',
    `  Its operator, ${demo.operator.email}, chooses a password here (once, within a day):`,
    `  ${demo.operator.link}`,
    `  All of it is kept in ${keysFile} (readable by you only).`,
    '',
    '  Try:',
    `  curl -H 'Authorization: Bearer ${key}' ${address}/v1/bms/buildings`,
    '',
  ]
}
