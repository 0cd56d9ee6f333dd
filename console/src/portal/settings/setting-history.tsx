import { Modal, Text } from '@mantine/core'
import type { components } from '@tenantry/client'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { Waiting } from '../../app/waiting.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { usePages } from '../../components/use-pages.ts'
import { showTime } from '../../i18n/format.ts'
import type { Setting } from './settings-page.tsx'

type Change = components['schemas']['SettingChange']

export interface SettingHistoryProps {
  readonly setting: Setting
  readonly title: string
  readonly onClose: () => void
}

/** Who changed it and when; of a secret its fingerprints alone. */
export function SettingHistory({ setting: { key }, title, onClose }: SettingHistoryProps) {
  const { t } = useTranslation(['settings', 'common'])
  const { rows, error, isPending, more } = usePages(
    ['history of a setting', key],
    async (cursor) =>
      (await api.GET('/v1/settings/{key}/history', { params: { path: { key }, query: { limit: 20, ...cursor } } })).data,
  )
  const columns: Column<Change>[] = [
    { name: 'at', title: t('columns.at'), show: ({ at }) => showTime(at) },
    {
      name: 'by',
      title: t('columns.by'),
      show: ({ actorKind, impersonator }) => (impersonator === null ? t(`by.${actorKind}`) : t('by.impersonator')),
    },
    { name: 'value', title: t('columns.value'), show: (change) => <Value change={change} /> },
  ]
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('historyOf', { title })}
      size="lg"
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <ProblemAlert error={error} />
      {isPending ? (
        <Waiting />
      ) : (
        <DataTable
          caption={t('historyOf', { title })}
          columns={columns}
          rows={rows}
          keyOf={({ id }) => id}
          empty={<Text size="sm">{t('noHistory')}</Text>}
          {...more}
        />
      )}
    </Modal>
  )
}

function Value({ change: { isSet, value, fingerprint } }: { readonly change: Change }) {
  const { t } = useTranslation('settings')
  if (isSet === false) return <Text size="sm">{t('wentBack')}</Text>
  if (fingerprint !== undefined && fingerprint !== null) return <Text size="sm">{t('fingerprint', { fingerprint })}</Text>
  return <Text size="sm">{value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value)}</Text>
}
