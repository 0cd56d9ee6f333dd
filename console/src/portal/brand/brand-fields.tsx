import { Button, ColorInput, Fieldset, Group, SegmentedControl, Stack, Switch, Textarea, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { BrandChange, BrandState } from './brand-queries.ts'

const presets = ['light', 'dark', 'auto', 'professional'] as const
const themes = ['light', 'dark', 'auto'] as const
const colours = ['primary', 'accent', 'background'] as const
const texts = ['displayName', 'senderName', 'supportEmail'] as const

/** What is typed, as text: empty for what was not chosen. */
export type Words = Readonly<Record<(typeof texts)[number] | 'footer', string>>

export function wordsOf({ displayName, senderName, supportEmail, footer }: BrandState['draft']): Words {
  return {
    displayName: displayName ?? '',
    senderName: senderName ?? '',
    supportEmail: supportEmail ?? '',
    footer: footer ?? '',
  }
}

export interface BrandFieldsProps {
  readonly state: BrandState
  readonly words: Words
  readonly onType: (words: Words) => void
  readonly onChange: (change: BrandChange) => void
  /** By field, `colours.primary`. */
  readonly errors: Readonly<Record<string, string>>
  readonly disabled: boolean
}

/** Texts are stored when they are left, everything else when it is chosen. */
export function BrandFields({ state, words, onType, onChange, errors, disabled }: BrandFieldsProps) {
  const { t } = useTranslation('brand')
  const { draft, variables } = state
  const fieldOf = (name: keyof Words) => ({
    label: t(`fields.${name}`),
    description: t(`hints.${name}`),
    value: words[name],
    error: errors[name],
    onChange: (event: { currentTarget: { value: string } }) => onType({ ...words, [name]: event.currentTarget.value }),
    onBlur: () => {
      if (words[name] !== (draft[name] ?? '')) onChange({ [name]: words[name] === '' ? null : words[name] })
    },
  })
  return (
    <Fieldset variant="unstyled" legend={t('look')} disabled={disabled}>
      <Stack>
        <Group gap="xs" role="group" aria-label={t('presets')}>
          {presets.map((preset) => (
            <Button key={preset} variant="default" size="compact-md" onClick={() => onChange({ preset })}>
              {t(`preset.${preset}`)}
            </Button>
          ))}
        </Group>
        <div>
          <SegmentedControl
            aria-label={t('fields.theme')}
            value={draft.theme ?? 'auto'}
            onChange={(theme) => onChange({ theme: theme as (typeof themes)[number] })}
            data={themes.map((value) => ({ value, label: t(`theme.${value}`) }))}
            disabled={disabled}
          />
        </div>
        {colours.map((name) => (
          <ColorInput
            // Chosen elsewhere too, by a preset: it then starts anew.
            key={`${name} ${draft.colours?.[name]}`}
            label={t(`fields.${name}`)}
            defaultValue={draft.colours?.[name] ?? ''}
            placeholder={variables.light[`--brand-${name}`] ?? ''}
            error={errors[`colours.${name}`]}
            format="hex"
            // Its sliders have no names that a screen reader could say.
            withPicker={false}
            eyeDropperButtonProps={{ 'aria-label': t('pick') }}
            onChangeEnd={(colour) => onChange({ colours: { [name]: colour } })}
            onBlur={(event) => {
              if (event.currentTarget.value === '' && draft.colours?.[name] !== undefined) onChange({ colours: { [name]: null } })
            }}
          />
        ))}
        {texts.map((name) => (
          <TextInput key={name} {...fieldOf(name)} type={name === 'supportEmail' ? 'email' : 'text'} maxLength={200} />
        ))}
        <Textarea {...fieldOf('footer')} autosize minRows={2} maxLength={500} />
        <Switch
          label={t('fields.poweredBy')}
          checked={draft.poweredBy ?? true}
          onChange={(event) => onChange({ poweredBy: event.currentTarget.checked })}
        />
      </Stack>
    </Fieldset>
  )
}
