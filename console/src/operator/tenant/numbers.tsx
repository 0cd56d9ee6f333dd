import { Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { showAge, showNumber } from '../../i18n/format.ts'
import { Facts } from './facts.tsx'

/** What was counted in the tenant for all operators: numbers without content, so nobody is asked why he looks. */
export function Numbers({ tenantId }: { readonly tenantId: string }) {
  const { t } = useTranslation('tenant')
  const { data, error } = useQuery({
    queryKey: ['tenant', tenantId, 'numbers'],
    queryFn: async () => (await api.GET('/v1/tenants/stats', { params: { query: { ids: tenantId } } })).data.items[0] ?? null,
    staleTime: 60_000,
  })
  if (error) return <ProblemAlert error={error} />
  if (!data) return null
  return (
    <section aria-label={t('numbers.title')}>
      <Title order={2} size="h4" mb="xs">
        {t('numbers.title')}
      </Title>
      <Facts
        caption={t('numbers.title')}
        rows={Object.entries(data.numbers).map(
          ([name, value]) => [t(`numbers.${name}`, { defaultValue: name }), showNumber(value)] as const,
        )}
      />
      {data.refreshedAt && (
        <Text size="xs" c="dimmed" mt={4}>
          {t('numbers.counted', { age: showAge(data.refreshedAt) })}
        </Text>
      )}
    </section>
  )
}
