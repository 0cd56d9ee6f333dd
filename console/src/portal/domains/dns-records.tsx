import { Text } from '@mantine/core'
import type { components } from '@tenantry/client'
import { useTranslation } from 'react-i18next'
import { Copyable } from '../../components/copy.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'

type DnsRecord = components['schemas']['Domain']['records'][number]

/** What goes into the DNS of a domain, each part to be copied by itself. */
export function DnsRecords({ records }: { readonly records: readonly DnsRecord[] }) {
  const { t } = useTranslation('domains')
  const columns: Column<DnsRecord>[] = [
    { name: 'type', title: t('record.type'), show: ({ type }) => type },
    { name: 'name', title: t('record.name'), show: ({ name }) => <Copyable text={name} /> },
    { name: 'value', title: t('record.value'), show: ({ value }) => <Copyable text={value} /> },
    { name: 'for', title: t('record.for'), show: ({ type }) => t(`record.purpose.${type}`) },
  ]
  return (
    <div>
      <Text size="sm" mb="xs">
        {t('record.intro')}
      </Text>
      <DataTable
        caption={t('record.intro')}
        columns={columns}
        rows={records}
        keyOf={({ type, name, value }) => `${type} ${name} ${value}`}
        empty={null}
      />
    </div>
  )
}
