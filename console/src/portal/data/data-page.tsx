import { Stack, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../app/session.ts'
import { useWhyNot } from '../../app/why-not.ts'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { saveBlob } from '../../components/save-file.ts'
import { auditProof, logCsv } from '../logs/log-queries.ts'
import { mostRows, saveAsCsv } from '../views/resource-csv.ts'
import { inWords, useViews } from '../views/views-query.ts'
import { ExportRow } from './export-row.tsx'
import { membersCsv, settingsFile } from './exports.ts'
import { SettingsImport } from './settings-import.tsx'

interface Export {
  readonly name: string
  readonly title: string
  readonly about: string
  readonly whyNot: string | undefined
  readonly save: () => Promise<unknown>
}

/** What can be taken along, and brought back. */
export default function DataPage() {
  const { t } = useTranslation(['data', 'pages'])
  const whyNot = useWhyNot()
  const exports = [...useObjects(), ...useOwn()]
  const saving = useMutation({ mutationFn: ({ save }: Export) => save() })
  return (
    <>
      <PageHeader title={t('pages:data')} about={t('about')} />
      <ProblemAlert error={saving.error} />
      <Title order={2} size="h4" mb="xs">
        {t('export')}
      </Title>
      <Stack component="ul" gap="xs" p={0} mt={0} mb="xl" style={{ listStyle: 'none' }}>
        {exports.map((each) => (
          <ExportRow
            key={each.name}
            {...each}
            busy={saving.isPending && saving.variables.name === each.name}
            onSave={() => saving.mutate(each)}
          />
        ))}
      </Stack>
      <Title order={2} size="h4" mb="xs">
        {t('import')}
      </Title>
      <SettingsImport whyNot={whyNot({ permission: 'settings:write', wholeReach: true })} />
    </>
  )
}

/** Of every resource of the system whose list the visitor sees. */
function useObjects(): Export[] {
  const { t } = useTranslation('data')
  return useViews().flatMap(({ name, title, resource }) => {
    if (resource === null) return []
    const shown = inWords(title)
    const save = async () => {
      const isAll = await saveAsCsv(resource, shown, {})
      if (!isAll) notifications.show({ message: t('notAll', { most: mostRows }) })
    }
    return [{ name, title: shown, about: t('objects', { name: shown }), whyNot: undefined, save }]
  })
}

/** What every tenant has, whatever its system. */
function useOwn(): Export[] {
  const { t } = useTranslation(['data', 'pages', 'logs'])
  const { tenant } = useSession()
  const whyNot = useWhyNot()
  const logs = whyNot({ permission: 'audit:read', wholeReach: true })
  const to = (file: string, load: () => Promise<Blob>) => async () => saveBlob(`${tenant.slug}-${file}`, await load())
  return [
    {
      name: 'members',
      title: t('pages:members'),
      about: t('members'),
      whyNot: whyNot({ permission: 'members:read' }),
      save: to('members.csv', membersCsv),
    },
    {
      name: 'settings',
      title: t('settings'),
      about: t('settingsWhat'),
      whyNot: whyNot({ permission: 'settings:read' }),
      save: to('settings.json', settingsFile),
    },
    {
      name: 'changes',
      title: t('changes'),
      about: t('changesWhat'),
      whyNot: logs,
      save: to('changes.csv', () => logCsv('changes')),
    },
    { name: 'reads', title: t('reads'), about: t('readsWhat'), whyNot: logs, save: to('reads.csv', () => logCsv('reads')) },
    { name: 'proof', title: t('logs:proof'), about: t('proofWhat'), whyNot: logs, save: to('audit.jsonl', auditProof) },
  ]
}
