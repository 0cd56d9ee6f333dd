import { Checkbox, Fieldset, Group, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { usePermissionWords } from './permission-words.ts'

export interface PermissionPickerProps {
  /** Every permission that can be held here. */
  readonly permissions: readonly { readonly name: string; readonly description: string }[]
  readonly value: readonly string[]
  readonly onChange: (value: string[]) => void
  /** What the visitor has himself; without it, everything. */
  readonly mayGive?: (permission: string) => boolean
  readonly error?: ReactNode
}

/** A set of permissions, by what they are about. Nobody gives what he does not have: those stay, and say so. */
export function PermissionPicker({ permissions, value, onChange, mayGive = () => true, error }: PermissionPickerProps) {
  const { t } = useTranslation(['permissions', 'common'])
  const words = usePermissionWords()
  const areas = Map.groupBy(permissions, ({ name }) => name.slice(0, name.lastIndexOf(':')))
  const toggle = (name: string) => onChange(value.includes(name) ? value.filter((each) => each !== name) : [...value, name])
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed" aria-live="polite">
        {t('chosen', { count: value.length, all: permissions.length })}
      </Text>
      {[...areas].map(([area, members]) => (
        <Fieldset key={area} legend={words.area(area)} variant="filled" py="xs">
          <Stack gap={6}>
            {members.map(({ name, description }) => {
              const lacks = !mayGive(name)
              return (
                <Checkbox
                  key={name}
                  label={
                    <Group gap={6} wrap="wrap">
                      <Text size="sm" span>
                        {words.permission(name, description)}
                      </Text>
                      <Text size="xs" c="dimmed" span ff="monospace">
                        {name}
                      </Text>
                    </Group>
                  }
                  description={lacks ? t('lacking') : undefined}
                  checked={value.includes(name)}
                  // One that is there already can be taken away.
                  disabled={lacks && !value.includes(name)}
                  onChange={() => toggle(name)}
                />
              )
            })}
          </Stack>
        </Fieldset>
      ))}
      {error && (
        <Text size="sm" c="red" role="alert">
          {error}
        </Text>
      )}
    </Stack>
  )
}
