import { Anchor, Card, Group, Progress, Stack, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { showDate, showMoney, showShare } from '../../i18n/format.ts'
import { billingQuery, costsOf } from '../billing/costs.ts'

const colours = ['brand', 'teal', 'grape', 'orange', 'cyan', 'pink']

/** What this period costs, and the share of each part in it. */
export function CostCard({ hasLink = false }: { readonly hasLink?: boolean }) {
  const { t } = useTranslation('dashboard')
  const { data, error } = useQuery(billingQuery)
  if (data === undefined) return <ProblemAlert error={error} />
  const { subscription } = data
  const { parts, totalMinor } = costsOf(data)
  const money = (minor: number) => showMoney(minor, subscription.currency)
  const shareOf = (minor: number) => (totalMinor > 0 ? minor / totalMinor : 0)
  return (
    <Card withBorder component="section" aria-labelledby="costs" data-cost={totalMinor}>
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4" id="costs">
          {t('costs.title', { total: money(totalMinor) })}
        </Title>
        {hasLink && (
          <Anchor component={Link} to="/billing" size="sm">
            {t('costs.toBilling')}
          </Anchor>
        )}
      </Group>
      <Stack gap="xs">
        <Text size="sm" c="dimmed">
          {t('costs.period', { from: showDate(subscription.periodStart), to: showDate(subscription.periodEnd) })}
        </Text>
        {totalMinor > 0 && (
          <Progress.Root size="lg">
            {parts
              .filter(({ amountMinor }) => amountMinor > 0)
              .map(({ id, title, amountMinor }, index) => (
                <Progress.Section
                  key={id}
                  value={100 * shareOf(amountMinor)}
                  color={colours[index % colours.length] ?? 'brand'}
                  aria-label={`${title}: ${showShare(shareOf(amountMinor))}`}
                />
              ))}
          </Progress.Root>
        )}
        <Table aria-label={t('costs.parts')}>
          <Table.Tbody>
            {parts.map(({ id, title, amountMinor }) => (
              <Table.Tr key={id}>
                <Table.Th scope="row" fw={400}>
                  {title}
                </Table.Th>
                <Table.Td ta="end">{money(amountMinor)}</Table.Td>
                <Table.Td ta="end">{totalMinor > 0 ? showShare(shareOf(amountMinor)) : '–'}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Stack>
    </Card>
  )
}
