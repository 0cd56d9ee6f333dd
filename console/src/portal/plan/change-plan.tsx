import { Button, Group, List, Modal, Stack, Table, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { Waiting } from '../../app/waiting.tsx'
import { AsCall } from '../../components/as-call.tsx'
import { showAmount } from '../../components/limit-words.ts'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { showDate, showMoney } from '../../i18n/format.ts'
import { useLimitNames } from '../limits/limit-names.ts'
import type { OfferedPlan } from './plan-queries.ts'
import type { Interval } from './plans.tsx'

export interface ChangePlanProps {
  readonly plan: OfferedPlan
  readonly interval: Interval
  readonly onClose: () => void
}

/** What the change costs and changes, asked of the server, before anybody agrees to it. */
export function ChangePlan({ plan: { key, content }, interval, onClose }: ChangePlanProps) {
  const { t } = useTranslation(['plan', 'common', 'limits'])
  const nameOf = useLimitNames()
  const { title } = content
  const body = { plan: key, interval }
  const { data: preview, error } = useQuery({
    queryKey: ['preview of a plan', key, interval],
    queryFn: async () => (await api.POST('/v1/subscription/preview', { body })).data,
    staleTime: 0,
  })
  const { data: given } = useQuery({
    queryKey: ['limits of a plan', key],
    queryFn: async () => (await api.GET('/v1/plans/{key}/preview', { params: { path: { key } } })).data,
  })
  const changed = given?.limits.filter(({ before, after }) => before !== after) ?? []
  const amount = (name: string, max: number | null) => (max === null ? t('limits:unlimited') : showAmount(name, max))
  const changing = useMutation({
    mutationFn: () => api.PATCH('/v1/subscription', { body }),
    onSuccess: () => {
      notifications.show({ message: preview?.kind === 'next' ? t('change.planned', { title }) : t('change.done', { title }) })
      onClose()
    },
  })
  const currency = preview?.terms.currency ?? ''
  const money = (minor: number) => showMoney(minor, currency)
  const price = interval === 'yearly' ? 'perYear' : 'perMonth'
  const names = (list: readonly string[]) => (
    <List size="sm">
      {list.map((name) => (
        <List.Item key={name}>{nameOf(name)}</List.Item>
      ))}
    </List>
  )
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('change.title', { title })}
      size="lg"
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <Stack>
        {preview === undefined && error === null && <Waiting />}
        {preview && (
          <>
            <Text>{t(`change.kind.${preview.kind}`)}</Text>
            <Facts
              caption={t('change.title', { title })}
              rows={[
                [t('change.effective'), preview.kind === 'next' ? showDate(preview.effectiveAt) : t('change.now')],
                [t('change.newPrice'), t(price, { price: money(preview.terms.priceMinor) })],
              ]}
            />
            {preview.lines.length === 0 ? (
              <Text size="sm">{t('change.nothing')}</Text>
            ) : (
              <div>
                <Text size="sm" fw={500}>
                  {t('change.charged')}
                </Text>
                <Facts
                  caption={t('change.charged')}
                  rows={preview.lines.map(({ description, amountMinor }) => [description, money(amountMinor)])}
                />
              </div>
            )}
            {changed.length > 0 && (
              <div>
                <Text size="sm" fw={500}>
                  {t('limits')}
                </Text>
                <Facts
                  caption={t('limits')}
                  rows={changed.map(({ name, before, after }) => [
                    nameOf(name),
                    t('change.limit', { before: amount(name, before), after: amount(name, after) }),
                  ])}
                />
              </div>
            )}
            {preview.gained.length > 0 && (
              <div>
                {t('change.gained')}
                {names(preview.gained)}
              </div>
            )}
            {preview.lost.length > 0 && (
              <div>
                {t('change.lost')}
                {names(preview.lost)}
              </div>
            )}
            {preview.over.length > 0 && (
              <div>
                {t('change.over')}
                <List size="sm">
                  {preview.over.map(({ name, used, max }) => (
                    <List.Item key={name}>
                      {t('change.overLine', { name: nameOf(name), used: showAmount(name, used), max: showAmount(name, max) })}
                    </List.Item>
                  ))}
                </List>
              </div>
            )}
          </>
        )}
        <ProblemAlert error={error ?? changing.error} />
        <Group justify="space-between">
          <AsCall method="PATCH" path="/v1/subscription" body={body} />
          <Group gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('common:cancel')}
            </Button>
            <Button disabled={preview === undefined} loading={changing.isPending} onClick={() => changing.mutate()}>
              {preview?.kind === 'stay' ? t('change.confirmStay') : t('change.confirm')}
            </Button>
          </Group>
        </Group>
      </Stack>
    </Modal>
  )
}

function Facts({ caption, rows }: { readonly caption: string; readonly rows: readonly (readonly [string, string])[] }) {
  return (
    <Table aria-label={caption}>
      <Table.Tbody>
        {rows.map(([name, value]) => (
          <Table.Tr key={name + value}>
            <Table.Th scope="row" fw={400}>
              {name}
            </Table.Th>
            <Table.Td ta="end">{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
