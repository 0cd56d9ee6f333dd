import { Button, Code, Group, Stack, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../app/session.ts'
import { boot } from '../../boot.ts'
import { Copyable } from '../../components/copy.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { useDownload } from '../../components/use-download.ts'
import { showNumber, showTime } from '../../i18n/format.ts'
import { auditProof, type Checkpoint, checkpointsQuery, publicKeys } from './log-queries.ts'

function useColumns(): Column<Checkpoint>[] {
  const { t } = useTranslation('logs')
  return [
    { name: 'number', title: t('seal'), align: 'end', show: ({ number }) => showNumber(number) },
    { name: 'total', title: t('entries'), align: 'end', show: ({ total }) => showNumber(total) },
    { name: 'at', title: t('sealedAt'), show: ({ sealedAt }) => <time dateTime={sealedAt}>{showTime(sealedAt)}</time> },
    {
      name: 'signature',
      title: t('signature'),
      show: ({ signature }) => <Code style={{ overflowWrap: 'anywhere' }}>{signature}</Code>,
    },
  ]
}

/** What proves that nothing was altered or taken away since: three files, and a command that needs no server. */
export function Seals() {
  const { t } = useTranslation('logs')
  const { slug } = useSession().tenant
  const { data, error } = useQuery(checkpointsQuery)
  const download = useDownload()
  const columns = useColumns()
  const files = { proof: `${slug}.audit.jsonl`, checkpoints: `${slug}.checkpoints.json`, keys: 'audit-keys.json' }
  const checkpoints = async () => new Blob([JSON.stringify({ items: data ?? [] }, null, 2)], { type: 'application/json' })
  const buttons = [
    { label: t('proof'), name: files.proof, load: auditProof },
    { label: t('checkpoints'), name: files.checkpoints, load: checkpoints },
    { label: t('publicKeys'), name: files.keys, load: publicKeys },
  ]
  return (
    <Stack>
      <Text maw={720}>{t('sealsWhat')}</Text>
      <Group>
        {buttons.map(({ label, name, load }) => (
          <Button
            key={name}
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
            loading={download.isPending && download.variables.name === name}
            onClick={() => download.mutate({ name, load })}
          >
            {label}
          </Button>
        ))}
      </Group>
      {/* A branded portal does not name the program's maker. */}
      {boot.poweredBy && (
        <Copyable text={`tenantry audit verify ${files.proof} --checkpoints ${files.checkpoints} --key ${files.keys}`} />
      )}
      <ProblemAlert error={error ?? download.error} />
      {data && (
        <DataTable
          caption={t('tabs.seals')}
          columns={columns}
          rows={data}
          keyOf={({ number }) => String(number)}
          empty={<EmptyState title={t('noSeals')} why={t('noSealsWhy')} />}
        />
      )}
    </Stack>
  )
}
