import { Code, Group, Modal, Stack, Table } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { showTime } from '../../i18n/format.ts'
import { ReachCell } from '../grants/reach-cell.tsx'
import { byId, type Key } from './key-queries.ts'

/** All that is known of a key. */
export function KeyDetails({ apiKey, onClose }: { readonly apiKey: Key; readonly onClose: () => void }) {
  const { t } = useTranslation(['keys', 'common', 'people'])
  const granted = useQuery({
    queryKey: ['keys', apiKey.id, 'grants'],
    queryFn: async () => (await api.GET('/v1/keys/{id}/grants', { params: byId(apiKey.id) })).data.grants,
    enabled: apiKey.reach === 'granted',
  })
  const time = (at: string | null) => (at === null ? t('common:never') : showTime(at))
  const rows = [
    { title: t('people:reach.label'), value: <ReachCell reach={apiKey.reach} grants={granted.data ?? []} /> },
    { title: t('addresses'), value: apiKey.allowedAddresses.join(', ') || t('everywhere') },
    { title: t('created'), value: time(apiKey.createdAt) },
    { title: t('lastUsed'), value: time(apiKey.lastUsedAt) },
    { title: t('ends'), value: time(apiKey.expiresAt) },
    ...(apiKey.revokedAt === null ? [] : [{ title: t('states.revoked'), value: time(apiKey.revokedAt) }]),
  ]
  return (
    <Modal opened onClose={onClose} title={apiKey.name} size="lg" closeButtonProps={{ 'aria-label': t('common:close') }}>
      <Stack>
        <ProblemAlert error={granted.error} />
        <Table variant="vertical" aria-label={apiKey.name}>
          <Table.Tbody>
            {rows.map(({ title, value }) => (
              <Table.Tr key={title}>
                <Table.Th scope="row" w={180}>
                  {title}
                </Table.Th>
                <Table.Td>{value}</Table.Td>
              </Table.Tr>
            ))}
            <Table.Tr>
              <Table.Th scope="row">{t('people:permissions')}</Table.Th>
              <Table.Td>
                <Group gap={4}>
                  {apiKey.permissions.map((permission) => (
                    <Code key={permission}>{permission}</Code>
                  ))}
                </Group>
              </Table.Td>
            </Table.Tr>
          </Table.Tbody>
        </Table>
      </Stack>
    </Modal>
  )
}
