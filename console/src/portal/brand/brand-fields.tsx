import { Button, ColorInput, Fieldset, Group, SegmentedControl, Stack, Switch, Textarea, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { BrandChange, BrandState } from './brand-queries.ts'
import { InheritedNote } from './inherited-note.tsx'

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

/** Texts are stored when they are left, everything else when it is chosen. What is empty is inherited, or the platform's own. */
export function BrandFields({ state, words, onType, onChange, errors, disabled }: BrandFieldsProps) {
  const { t } = useTranslation('brand')
  const { draft, variables, inherited } = state
  const ofParent = (name: 'theme' | 'poweredBy' | keyof Words) => inherited[name]?.value
  const note = (field: string, name: string, isOwn: boolean, back: BrandChange) => (
    <InheritedNote name={t(`fields.${name}`)} inherited={inherited[field]} isOwn={isOwn} onReturn={() => onChange(back)} />
  )
  const fieldOf = (name: keyof Words) => ({
    label: t(`fields.${name}`),
    description: t(`hints.${name}`),
    value: words[name],
    placeholder: String(ofParent(name) ?? ''),
    error: errors[name],
    onChange: (event: { currentTarget: { value: string } }) => onType({ ...words, [name]: event.currentTarget.value }),
    onBlur: () => {
      if (words[name] !== (draft[name] ?? '')) onChange({ [name]: words[name] === '' ? null : words[name] })
    },
  })
  const noteOfText = (name: keyof Words) => (
    <InheritedNote
      name={t(`fields.${name}`)}
      inherited={inherited[name]}
      isOwn={words[name] !== ''}
      onReturn={() => {
        onType({ ...words, [name]: '' })
        onChange({ [name]: null })
      }}
    />
  )
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
            value={draft.theme ?? String(ofParent('theme') ?? 'auto')}
            onChange={(theme) => onChange({ theme: theme as (typeof themes)[number] })}
            data={themes.map((value) => ({ value, label: t(`theme.${value}`) }))}
            disabled={disabled}
          />
          {note('theme', 'theme', draft.theme !== undefined, { theme: null })}
        </div>
        {colours.map((name) => (
          // Chosen elsewhere too, by a preset: it then starts anew.
          <div key={`${name} ${draft.colours?.[name]}`}>
            <ColorInput
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
                if (event.currentTarget.value === '' && draft.colours?.[name] !== undefined)
                  onChange({ colours: { [name]: null } })
              }}
            />
            {note(`colours.${name}`, name, draft.colours?.[name] !== undefined, { colours: { [name]: null } })}
          </div>
        ))}
        {texts.map((name) => (
          <div key={name}>
            <TextInput {...fieldOf(name)} type={name === 'supportEmail' ? 'email' : 'text'} maxLength={200} />
            {noteOfText(name)}
          </div>
        ))}
        <div>
          <Textarea {...fieldOf('footer')} autosize minRows={2} maxLength={500} />
          {noteOfText('footer')}
        </div>
        <div>
          <Switch
            label={t('fields.poweredBy')}
            checked={draft.poweredBy ?? ofParent('poweredBy') !== false}
            onChange={(event) => onChange({ poweredBy: event.currentTarget.checked })}
          />
          {note('poweredBy', 'poweredBy', draft.poweredBy !== undefined, { poweredBy: null })}
        </div>
      </Stack>
    </Fieldset>
  )
}
