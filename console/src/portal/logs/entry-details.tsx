import { Button, Code, Group, Modal, Stack, Table } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { showTime } from '../../i18n/format.ts'
import { useActorNames } from './actor-names.ts'
import type { LogEntry, LogSearch } from './log-queries.ts'

export interface EntryDetailsProps {
  readonly entry: LogEntry
  readonly onClose: () => void
  readonly onFilter: (change: Partial<Record<LogSearch, string>>) => void
}

/** All that an entry says: who, from where, by which request, and what became of each column. */
export function EntryDetails({ entry, onClose, onFilter }: EntryDetailsProps) {
  const { t } = useTranslation(['logs', 'common'])
  const nameOf = useActorNames()
  const { actorId, objectId } = entry
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t('at'), <time key="at" dateTime={entry.at}>{`${showTime(entry.at)} (${entry.at})`}</time>],
    [t('who'), nameOf(entry)],
    [t('filters.actorId'), actorId && <Code>{actorId}</Code>],
    [t('impersonator'), entry.impersonator && <Code>{entry.impersonator}</Code>],
    [t('object'), entry.objectType],
    [t('filters.objectId'), objectId && <Code>{objectId}</Code>],
    [t('address'), entry.address],
    [t('userAgent'), entry.userAgent],
    [t('request'), entry.requestId && <Code>{entry.requestId}</Code>],
  ]
  const follow = (change: Partial<Record<LogSearch, string>>) => {
    onFilter(change)
    onClose()
  }
  return (
    <Modal opened onClose={onClose} title={entry.action} size="xl" closeButtonProps={{ 'aria-label': t('common:close') }}>
      <Stack>
        <Table variant="vertical" aria-label={entry.action}>
          <Table.Tbody>
            {facts
              .filter(([, value]) => value)
              .map(([title, value]) => (
                <Table.Tr key={title}>
                  <Table.Th scope="row" w={160}>
                    {title}
                  </Table.Th>
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>{value}</Table.Td>
                </Table.Tr>
              ))}
          </Table.Tbody>
        </Table>
        <Columns before={entry.before ?? null} after={entry.after ?? null} />
        <Group>
          {objectId && (
            <Button variant="default" onClick={() => follow({ objectId })}>
              {t('sameObject')}
            </Button>
          )}
          {actorId && (
            <Button variant="default" onClick={() => follow({ actorId })}>
              {t('sameActor')}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  )
}

type Image = Readonly<Record<string, unknown>> | null

function Columns({ before, after }: { readonly before: Image; readonly after: Image }) {
  const { t } = useTranslation('logs')
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].sort()
  if (names.length === 0) return null
  const shown = (image: Image, name: string) => {
    const value = image?.[name]
    return value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)
  }
  return (
    <Table.ScrollContainer
      minWidth={480}
      scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'region', 'aria-label': t('change') } }}
    >
      <Table striped aria-label={t('change')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('column')}</Table.Th>
            <Table.Th scope="col">{t('before')}</Table.Th>
            <Table.Th scope="col">{t('after')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {names.map((name) => (
            <Table.Tr key={name}>
              <Table.Th scope="row">
                <Code>{name}</Code>
              </Table.Th>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{shown(before, name)}</Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{shown(after, name)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
