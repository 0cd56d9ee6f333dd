import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { problemOf } from '@tenantry/client'
import { useTranslation } from 'react-i18next'
import { accessToken } from '../../api/token.ts'
import type { Range } from '../../charts/range.ts'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { saveBlob } from '../../components/save-file.ts'

export interface RawCsvProps {
  readonly title: string
  readonly dataPath: string
  readonly ids: readonly string[]
  readonly range: Range
}

/** The server gives single points of so many days at once. */
const mostDays = 366

/** What was measured, point by point; a chart's own file has what the picture shows. */
export function RawCsv({ title, dataPath, ids, range }: RawCsvProps) {
  const { t } = useTranslation('views')
  const isTooLong = range.end - range.start > mostDays * 86_400_000
  const saving = useMutation({
    mutationFn: async () => {
      const query = new URLSearchParams({
        start: new Date(range.start).toISOString(),
        end: new Date(range.end).toISOString(),
        sensor_id: ids.join(','),
        format: 'csv',
      })
      const response = await fetch(`${dataPath}?${query}`, { headers: { authorization: `Bearer ${await accessToken()}` } })
      if (!response.ok) throw await problemOf(response)
      saveBlob(`${title}.csv`, await response.blob())
    },
  })
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconDownload size={16} aria-hidden />}
        disabled={isTooLong || ids.length === 0}
        title={isTooLong ? t('rawTooLong') : undefined}
        loading={saving.isPending}
        onClick={() => saving.mutate()}
      >
        {t('rawCsv')}
      </Button>
      <ProblemAlert error={saving.error} />
    </>
  )
}
