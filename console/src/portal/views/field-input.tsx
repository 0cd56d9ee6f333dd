import { JsonInput, NumberInput, Select, Switch, Textarea, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { fromLocalText, toLocalText } from '../../charts/zoned-time.ts'
import { ReferenceSelect } from './reference-select.tsx'
import { inWords, type ViewField } from './views-query.ts'

export interface FieldInputProps {
  readonly field: ViewField
  readonly value: unknown
  readonly onChange: (value: unknown) => void
  readonly disabled?: boolean
  readonly error?: ReactNode
}

const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone
/** Longer texts get more than a line. */
const longText = 300

/** The input that fits what a field's schema takes; empty is null. */
export function FieldInput({ field, value, onChange, disabled = false, error }: FieldInputProps) {
  const { t } = useTranslation('views')
  const { schema, required, references } = field
  const shared = {
    label: inWords(field.title),
    description: disabled ? t('fixed') : undefined,
    required: required && !disabled,
    disabled,
    error,
  }
  const text = typeof value === 'string' ? value : ''
  const orNull = (typed: string) => onChange(typed === '' ? null : typed)
  const choices = choicesOf(schema)
  if (references !== null) {
    return <ReferenceSelect {...shared} {...{ references }} value={text || null} onChange={onChange} clearable={!required} />
  }
  if (choices !== undefined) {
    return (
      <Select
        {...shared}
        data={choices}
        value={text || null}
        onChange={onChange}
        clearable={!required}
        searchable={choices.length > 10}
      />
    )
  }
  if (schema.type === 'boolean') {
    const { required: _, ...switched } = shared
    return <Switch {...switched} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />
  }
  if (schema.type === 'integer' || schema.type === 'number') {
    const { minimum, maximum } = schema as { minimum?: number; maximum?: number }
    const bounds = { ...(minimum !== undefined && { min: minimum }), ...(maximum !== undefined && { max: maximum }) }
    const current = typeof value === 'number' ? value : ''
    const onNumber = (typed: number | string) => onChange(typeof typed === 'number' ? typed : null)
    return (
      <NumberInput
        {...shared}
        {...bounds}
        clampBehavior="none"
        allowDecimal={schema.type === 'number'}
        value={current}
        onChange={onNumber}
      />
    )
  }
  if (schema.type !== 'string') {
    return (
      <JsonInput
        {...shared}
        autosize
        value={value === null ? '' : JSON.stringify(value, null, 2)}
        onChange={(typed) => onChange(parsed(typed))}
      />
    )
  }
  if (schema.format === 'date') {
    return <TextInput {...shared} type="date" value={text} onChange={(event) => orNull(event.currentTarget.value)} />
  }
  if (schema.format === 'date-time') {
    const local = text === '' ? '' : toLocalText(Date.parse(text), ownZone)
    const onTime = (typed: string) => {
      const moment = fromLocalText(typed, ownZone)
      onChange(moment === undefined ? null : new Date(moment).toISOString())
    }
    return <TextInput {...shared} type="datetime-local" value={local} onChange={(event) => onTime(event.currentTarget.value)} />
  }
  const most = typeof schema.maxLength === 'number' ? { maxLength: schema.maxLength } : {}
  const typed = {
    ...shared,
    ...most,
    value: text,
    onChange: (event: { currentTarget: { value: string } }) => orNull(event.currentTarget.value),
  }
  return (most.maxLength ?? 0) >= longText ? <Textarea {...typed} autosize minRows={2} /> : <TextInput {...typed} />
}

function choicesOf(schema: ViewField['schema']): string[] | undefined {
  if (Array.isArray(schema.enum)) return schema.enum.map(String)
  return schema['x-input'] === 'time-zone' ? ['UTC', ...Intl.supportedValuesOf('timeZone')] : undefined
}

/** What is no JSON yet stays the text that it is: the server says what is wrong with it. */
function parsed(typed: string): unknown {
  if (typed.trim() === '') return null
  try {
    return JSON.parse(typed)
  } catch {
    return typed
  }
}
