import type { DemoBrand } from './demo-brand.ts'

export interface DemoBuilding {
  readonly name: string
  readonly address: string
  readonly timeZone: string
}

export interface DemoPortfolio {
  readonly slug: string
  readonly name: string
  /** Key of its plan. */
  readonly tier: string
  /** Without one it looks as the platform does. */
  readonly brand?: DemoBrand
  readonly buildings: readonly DemoBuilding[]
}

/** The building whose points are fetched from its own controller; those of all others are sent. */
export const polledBuilding = { tenant: 'northwind', name: 'Mill Yard', timeZone: 'Europe/London' } as const

/** Customers in one installation: each sees its own buildings and nothing of the others'. */
export const portfolios: readonly DemoPortfolio[] = [
  {
    slug: 'northwind',
    name: 'Northwind Offices',
    tier: 'enterprise',
    brand: {
      change: {
        colours: { primary: '#0b4f8a', accent: '#a8480a' },
        footer: 'Northwind Offices, Bristol',
        supportEmail: 'help@northwind.example',
        poweredBy: false,
      },
      logo: { word: 'NORTHWIND', light: '#0b4f8a', dark: '#9cc9f2' },
    },
    buildings: [
      { name: 'Castle Street', address: '12 Castle Street, Bristol', timeZone: 'Europe/London' },
      { name: 'Exchange Court', address: '3 Exchange Court, Leeds', timeZone: 'Europe/London' },
      { name: 'Mill Yard', address: '48 Mill Yard, Manchester', timeZone: 'Europe/London' },
    ],
  },
  {
    slug: 'harbour',
    name: 'Harbour Estates',
    tier: 'base',
    brand: {
      change: {
        theme: 'light',
        colours: { primary: '#0f5c4d', accent: '#8a3b12', background: '#f4faf7' },
        footer: 'Harbour Estates, Boston',
        supportEmail: 'desk@harbour.example',
      },
      logo: { word: 'HARBOUR', light: '#0f5c4d', dark: '#8fdcc6' },
    },
    buildings: [
      { name: 'Pier One', address: '1 Pier Road, Boston', timeZone: 'America/New_York' },
      { name: 'Customs House', address: '77 Front Street, Baltimore', timeZone: 'America/New_York' },
    ],
  },
  {
    slug: 'demo-corp',
    name: 'Demo Corp',
    tier: 'enterprise',
    buildings: [{ name: 'Headquarters', address: '1 Marktplatz, Bonn', timeZone: 'Europe/Berlin' }],
  },
]
