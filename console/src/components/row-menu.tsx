import { ActionIcon, Menu, Text } from '@mantine/core'
import { IconDots, type TablerIcon } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

export interface RowAct {
  readonly label: string
  readonly icon: TablerIcon
  readonly onClick: () => void
  /** Why it is not possible now; the act stays in the menu and says so. */
  readonly whyNot?: string | undefined
  readonly isDangerous?: boolean
}

/** What can be done with a row of a table. `name` is the row's, for who does not see which row it stands in. */
export function RowMenu({ name, acts }: { readonly name: string; readonly acts: readonly RowAct[] }) {
  const { t } = useTranslation('common')
  return (
    <Menu position="bottom-end" width={260} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <ActionIcon variant="subtle" aria-label={t('actionsOf', { name })}>
          <IconDots size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {acts.map(({ label, icon: Icon, onClick, whyNot, isDangerous = false }) => (
          <Menu.Item
            key={label}
            leftSection={<Icon size={16} aria-hidden {...(isDangerous && { color: 'var(--mantine-color-error)' })} />}
            // Not `disabled`: what cannot be focused cannot say why.
            aria-disabled={whyNot !== undefined}
            closeMenuOnClick={whyNot === undefined}
            {...(whyNot === undefined ? { onClick } : { c: 'dimmed' })}
          >
            {label}
            {whyNot !== undefined && (
              <Text size="xs" c="dimmed">
                {whyNot}
              </Text>
            )}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
