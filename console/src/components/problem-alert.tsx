import { Alert, List, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { TenantryProblem } from '../api/api.ts'
import { boot } from '../boot.ts'
import { PlansLink } from './plans-link.tsx'
import { useProblemWords } from './use-problem-words.ts'

/** What another plan, or an add-on, may put right. */
const ofPlan: ReadonlySet<string> = new Set(['quota_exceeded', 'feature_not_in_plan'])

/** The one place of a page that shows what went wrong: what, and what to do. Nothing for no error. */
export function ProblemAlert({ error }: { readonly error: unknown }) {
  const { t } = useTranslation('common')
  const inWords = useProblemWords()
  if (error === null || error === undefined) return null
  const { title, detail, advice, fields, requestId } = inWords(error)
  return (
    <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title={title} role="alert" data-problem>
      <Text size="sm">{detail}</Text>
      {fields.length > 0 && (
        <List size="sm" mt="xs">
          {fields.map(({ name, message }) => (
            <List.Item key={name + message}>{name === '' ? message : `${name}: ${message}`}</List.Item>
          ))}
        </List>
      )}
      {advice && (
        <Text size="sm" mt="xs">
          {advice}
        </Text>
      )}
      {boot.entry === 'portal' && error instanceof TenantryProblem && ofPlan.has(error.code) && <PlansLink />}
      {requestId && (
        <Text size="xs" mt="xs" c="dimmed">
          {t('requestId', { id: requestId })}
        </Text>
      )}
    </Alert>
  )
}
