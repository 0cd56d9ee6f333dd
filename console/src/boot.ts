/** What the server tells a page before it asks anything: `<script type="application/json" id="boot">`. Public, so no secret. */
export interface Boot {
  readonly entry: 'sign-in' | 'operator' | 'portal'
  /** As the visitor knows it: the tenant's display name, or the installation's. */
  readonly name: string
  /** Of the host's tenant; undefined on the base domain and the operators' host. */
  readonly tenant?: { readonly slug: string; readonly system: string }
  readonly logo?: { readonly light?: string; readonly dark?: string }
  /** What the brand asks for; the visitor's own choice wins. */
  readonly scheme: 'light' | 'dark' | 'auto'
  readonly footer?: string
  readonly supportEmail?: string
  readonly poweredBy: boolean
  /** Origin of the base domain: `https://example.com`. */
  readonly base: string
  /** BCP 47, of the tenant: for whoever has chosen no language himself. */
  readonly locale?: string
  /** Whether somebody may open a tenant of his own here. */
  readonly signUp?: readonly { readonly system: string; readonly title: string }[]
  /** The browser has shown the cookie of a session. It may be over. */
  readonly hasSession?: true
  /** People of the demo, one click away. Told on a newcomer's own machine alone. */
  readonly demo?: readonly { readonly id: string; readonly label: string; readonly tenant: string; readonly role: string }[]
}

const text = document.getElementById('boot')?.textContent

export const boot: Boot = text
  ? (JSON.parse(text) as Boot)
  : { entry: 'sign-in', name: 'Tenantry', scheme: 'auto', poweredBy: true, base: location.origin }
