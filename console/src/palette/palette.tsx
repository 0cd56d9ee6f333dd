import { createSpotlight, Spotlight } from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Page } from '../app/page.ts'

/** Something to go to or to begin, already in the visitor's language. */
export interface PaletteItem {
  readonly to: string
  readonly label: string
  readonly about?: string
}

export interface PaletteProps {
  /** Those of the menu are offered by their names. */
  readonly pages: readonly Page[]
  /** What can be begun. */
  readonly actions?: readonly PaletteItem[]
  /** Finds things by what somebody typed; asked when he rests. */
  readonly find?: { readonly title: string; readonly by: (text: string) => Promise<readonly PaletteItem[]> }
}

const [store, palette] = createSpotlight()
export const openPalette = palette.open

export default function Palette({ pages, actions = [], find }: PaletteProps) {
  const { t } = useTranslation(['palette', 'pages'])
  const navigate = useNavigate()
  const [query, setQuery] = useState('')
  const typed = query.trim()
  const found = useQuery({
    queryKey: ['palette', typed],
    queryFn: () => find?.by(typed) ?? Promise.resolve([]),
    enabled: find !== undefined && typed.length > 0,
    staleTime: 30_000,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was found is in the list now, with nothing chosen
  useEffect(chooseFirst, [found.data])
  const named = pages
    .filter(({ icon }) => icon !== undefined)
    .map(({ path, name }): PaletteItem => ({ to: path, label: t(`pages:${name}`, { defaultValue: name }) }))
  const groups = [
    { label: find?.title ?? '', items: typed.length > 0 ? (found.data ?? []) : [] },
    { label: t('pages'), items: named.filter(matching(typed)) },
    { label: t('actions'), items: actions.filter(matching(typed)) },
  ].filter(({ items }) => items.length > 0)
  return (
    <Spotlight.Root store={store} query={query} onQueryChange={setQuery} shortcut="mod + K" clearQueryOnClose>
      <Spotlight.Search placeholder={t('search')} aria-label={t('search')} leftSection={<IconSearch size={18} aria-hidden />} />
      <Spotlight.ActionsList>
        {groups.map(({ label, items }) => (
          <Spotlight.ActionsGroup key={label} label={label}>
            {items.map(({ to, label: name, about }) => (
              <Spotlight.Action
                key={to}
                label={name}
                {...(about !== undefined && { description: about })}
                onClick={() => void navigate({ href: to })}
              />
            ))}
          </Spotlight.ActionsGroup>
        ))}
        {groups.length === 0 && !found.isFetching && <Spotlight.Empty>{t('nothing')}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}

/** The library chooses the first of what is there when somebody types. What comes later is for the Enter key, too. */
function chooseFirst(): void {
  const { selected, listId } = store.getState()
  const first = selected < 0 && listId !== '' ? document.querySelector(`#${CSS.escape(listId)} [data-action]`) : null
  if (first === null) return
  first.setAttribute('data-selected', 'true')
  store.updateState((state) => ({ ...state, selected: 0 }))
}

/** Every typed word is somewhere in the name. */
function matching(typed: string) {
  const words = typed.toLocaleLowerCase().split(/\s+/)
  return ({ label }: PaletteItem) => words.every((word) => label.toLocaleLowerCase().includes(word))
}
