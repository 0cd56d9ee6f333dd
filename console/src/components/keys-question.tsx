import { Radio, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { TenantryProblem } from '../api/api.ts'

export type KeysAfterwards = 'revoke' | 'keep'

/** API keys that a refusal names: what becomes of them has to be said first. Undefined for any other error. */
export function keysInQuestion(error: unknown): readonly { id: string; name: string }[] | undefined {
  if (!(error instanceof TenantryProblem) || error.code !== 'member_has_keys') return undefined
  return (error.members.keys ?? []) as { id: string; name: string }[]
}

export interface KeysQuestionProps {
  readonly keys: readonly { readonly name: string }[]
  readonly value: KeysAfterwards | undefined
  readonly onChange: (value: KeysAfterwards) => void
}

/** Programs go on with keys when whoever made them is gone; only somebody who knows them can say whether they should. */
export function KeysQuestion({ keys, value, onChange }: KeysQuestionProps) {
  const { t } = useTranslation('people')
  const names = new Intl.ListFormat(document.documentElement.lang).format(keys.map(({ name }) => name))
  return (
    <Radio.Group
      label={t('keys.question', { count: keys.length })}
      description={names}
      value={value ?? null}
      onChange={(chosen) => onChange(chosen as KeysAfterwards)}
      required
    >
      <Stack gap={6} mt={4}>
        <Radio value="revoke" label={t('keys.revoke')} />
        <Radio value="keep" label={t('keys.keep')} />
      </Stack>
    </Radio.Group>
  )
}
