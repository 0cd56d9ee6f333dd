import { ActionIcon, Tooltip } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import type { PaletteProps } from './palette.tsx'

/** Fetched after the page: nobody waits for it. */
const loaded = import('./palette.tsx')
const Palette = lazy(() => loaded)

/** The way to every page by its name, for hands on the keyboard (Ctrl-K) and others. */
export function PaletteButton(props: PaletteProps) {
  const { t } = useTranslation('palette')
  const open = async () => (await loaded).openPalette()
  return (
    <>
      <Tooltip label={t('open')}>
        <ActionIcon
          variant="subtle"
          size="lg"
          aria-label={t('open')}
          aria-keyshortcuts="Control+K Meta+K"
          onClick={() => void open()}
        >
          <IconSearch aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Suspense>
        <Palette {...props} />
      </Suspense>
    </>
  )
}
