import { Tabs } from '@mantine/core'
import type { ReactNode } from 'react'
import { usePageSearch } from '../app/search.ts'

export interface AddressTab {
  readonly name: string
  /** Already translated. */
  readonly title: string
  readonly content: ReactNode
}

export interface AddressTabsProps {
  /** The first is there when the address names none. */
  readonly tabs: readonly AddressTab[]
  /** What it is called in the address. */
  readonly as?: string
}

/** Parts of a page of which one is shown: which one stands in the address. */
export function AddressTabs({ tabs, as = 'tab' }: AddressTabsProps) {
  const [search, setSearch] = usePageSearch<string>()
  const first = tabs[0]?.name
  const shown = tabs.find(({ name }) => name === search[as])?.name ?? first
  return (
    <Tabs
      value={shown ?? null}
      onChange={(name) => setSearch({ [as]: name === first ? undefined : (name ?? undefined) })}
      keepMounted={false}
    >
      <Tabs.List mb="md">
        {tabs.map(({ name, title }) => (
          <Tabs.Tab key={name} value={name}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map(({ name, content }) => (
        <Tabs.Panel key={name} value={name}>
          {content}
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}
