import type { Tenantry, TenantScope } from 'tenantry'
import { demoActor } from './demo-keys.ts'

/** What a customer of the demo publishes, so that nobody takes the platform's colours for the customer's. */
export interface DemoBrand {
  readonly change: Parameters<Tenantry['services']['branding']['change']>[1]
  /** Drawn here: a word in capital letters, in a colour for light backgrounds and one for dark ones. */
  readonly logo: { readonly word: string; readonly light: string; readonly dark: string }
}

/** Publishes the brand in a tenant that never had one. What its people chose since then stays. */
export async function seedBrand(tenantry: Tenantry, tenantId: string, { change, logo }: DemoBrand): Promise<void> {
  const { branding } = tenantry.services
  const scope: TenantScope = tenantry.scope({ tenantId, actor: demoActor })
  const state = await branding.read(scope)
  if (state.number > 0 || state.differs) return
  let { version } = await branding.change(scope, change, state.version)
  for (const on of ['light', 'dark'] as const)
    ({ version } = await branding.setImage(scope, `logo-${on}`, Buffer.from(drawn(logo.word, logo[on])), version))
  await branding.publish(scope, version)
}

/** Letters 14 high, as lines, and how wide each is: a picture with text would look otherwise on every machine. */
const letters: Readonly<Record<string, readonly [width: number, path: string]>> = {
  A: [11, 'M0 14 5.5 0 11 14M2 9h7'],
  B: [9, 'M0 14V0h5a3.4 3.4 0 0 1 0 6.8H0M5 6.8h.5a3.6 3.6 0 0 1 0 7.2H0'],
  D: [10, 'M0 0v14h3a7 7 0 0 0 0-14Z'],
  H: [10, 'M0 0v14M10 0v14M0 7h10'],
  I: [0, 'M0 0v14'],
  N: [10, 'M0 14V0l10 14V0'],
  O: [12, 'M6 0a6 7 0 0 1 0 14a6 7 0 0 1 0-14Z'],
  R: [9, 'M0 14V0h5a3.8 3.8 0 0 1 0 7.6H0M5 7.6 9 14'],
  T: [10, 'M0 0h10M5 0v14'],
  U: [10, 'M0 0v9a5 5 0 0 0 10 0V0'],
  W: [15, 'M0 0l4 14 3.5-10L11 14 15 0'],
}
const gap = 5
const margin = 3

function drawn(word: string, colour: string): string {
  let x = margin
  const paths = [...word].map((letter) => {
    const [width, path] = letters[letter] ?? [0, '']
    const placed = `<path transform="translate(${x} ${margin})" d="${path}"/>`
    x += width + gap
    return placed
  })
  const box = `0 0 ${x - gap + margin} ${14 + 2 * margin}`
  const lines = `fill="none" stroke="${colour}" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}"><g ${lines}>${paths.join('')}</g></svg>`
}
