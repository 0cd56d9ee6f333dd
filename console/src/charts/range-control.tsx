import { Button, Group, SegmentedControl, TextInput } from '@mantine/core'
import { IconArrowBackUp } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isLast, lasts, type Range, type RangeSearch, searchOf } from './range.ts'
import { fromLocalText, toLocalText } from './zoned-time.ts'

export interface RangeControlProps {
  readonly search: RangeSearch
  readonly range: Range
  readonly timeZone: string
  readonly onChange: (search: RangeSearch) => void
  /** The range before this one; disabled without one. */
  readonly onBack?: (() => void) | undefined
}

/** The span of charts, without a pointer: some usual ones, and two fields on the clocks of the zone. */
export function RangeControl({ search, range, timeZone, onChange, onBack }: RangeControlProps) {
  const { t } = useTranslation('charts')
  const usual = Object.keys(lasts).map((value) => ({ value, label: t(`last.${value}`) }))
  return (
    <Group gap="sm" align="flex-end">
      <SegmentedControl
        size="xs"
        aria-label={t('range')}
        data={usual}
        value={isLast(search.last) ? search.last : ''}
        onChange={(last) => onChange({ last, from: undefined, to: undefined })}
      />
      {/* A range that goes on does not take away what somebody is typing. */}
      <RangeFields key={JSON.stringify([search.last, search.from, search.to, timeZone])} {...{ range, timeZone, onChange }} />
      <Button
        variant="default"
        size="xs"
        leftSection={<IconArrowBackUp size={16} aria-hidden />}
        disabled={!onBack}
        onClick={onBack}
      >
        {t('back')}
      </Button>
    </Group>
  )
}

function RangeFields({ range, timeZone, onChange }: Pick<RangeControlProps, 'range' | 'timeZone' | 'onChange'>) {
  const { t } = useTranslation('charts')
  const [from, setFrom] = useState(toLocalText(range.start, timeZone))
  const [to, setTo] = useState(toLocalText(range.end, timeZone))
  const [start, end] = [fromLocalText(from, timeZone), fromLocalText(to, timeZone)]
  const isRange = start !== undefined && end !== undefined && start < end
  const apply = (event: FormEvent) => {
    event.preventDefault()
    if (isRange) onChange(searchOf({ start, end }))
  }
  return (
    <form onSubmit={apply}>
      <Group gap="xs" align="flex-end">
        <TextInput
          type="datetime-local"
          size="xs"
          label={t('from')}
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <TextInput
          type="datetime-local"
          size="xs"
          label={t('to')}
          value={to}
          error={isRange ? undefined : t('noRange')}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" size="xs" disabled={!isRange}>
          {t('apply')}
        </Button>
      </Group>
    </form>
  )
}
