import { Autocomplete, SegmentedControl, Select, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { BulkValues } from './bulk-action.ts'

type Override = Pick<BulkValues, 'kind' | 'name' | 'value' | 'until'>

export interface OverrideFieldsProps {
  readonly values: Override
  readonly onChange: (change: Partial<Override>) => void
  /** Names that plans know, by kind. */
  readonly names: Readonly<Record<Override['kind'], readonly string[]>>
  /** Only which one: for ending it. */
  readonly nameOnly?: boolean
}

/** What is agreed beside a plan: a feature, limit or value, for a time or for good. */
export function OverrideFields({ values, onChange, names, nameOnly = false }: OverrideFieldsProps) {
  const { t } = useTranslation('bulk')
  const kinds = (['limit', 'feature', 'value'] as const).map((kind) => ({ value: kind, label: t(`kinds.${kind}`) }))
  return (
    <>
      <SegmentedControl
        aria-label={t('kind')}
        data={kinds}
        value={values.kind}
        onChange={(kind) => onChange({ kind: kind as Override['kind'], name: '', value: kind === 'feature' ? 'true' : '' })}
      />
      <Autocomplete
        label={t('name')}
        description={t('nameHint')}
        required
        data={[...names[values.kind]]}
        value={values.name}
        onChange={(name) => onChange({ name })}
      />
      {!nameOnly && values.kind === 'feature' && (
        <Select
          label={t('value')}
          data={['true', 'false'].map((value) => ({ value, label: t(`onOff.${value}`) }))}
          value={values.value === 'false' ? 'false' : 'true'}
          onChange={(value) => onChange({ value: value ?? 'true' })}
          allowDeselect={false}
        />
      )}
      {!nameOnly && values.kind !== 'feature' && (
        <TextInput
          label={t('value')}
          description={values.kind === 'limit' ? t('unlimitedHint') : undefined}
          inputMode={values.kind === 'limit' ? 'numeric' : 'text'}
          pattern={values.kind === 'limit' ? '[0-9]*' : undefined}
          required={values.kind === 'value'}
          value={values.value}
          onChange={(event) => onChange({ value: event.currentTarget.value })}
        />
      )}
      {!nameOnly && (
        <TextInput
          type="date"
          label={t('until')}
          description={t('untilHint')}
          value={values.until}
          onChange={(event) => onChange({ until: event.currentTarget.value })}
        />
      )}
    </>
  )
}
