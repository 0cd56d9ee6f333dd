import { Badge, Title } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { ActButton } from '../../components/act-button.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { showTime } from '../../i18n/format.ts'
import { showPublished, versionsQuery } from './brand-queries.ts'

type Version = Awaited<ReturnType<NonNullable<typeof versionsQuery.queryFn>>>[number]

/** What was published when and by whom, with the way back. */
export function BrandVersions({ current, whyNot }: { readonly current: number; readonly whyNot: string | undefined }) {
  const { t } = useTranslation('brand')
  const versions = useQuery(versionsQuery)
  const restore = useMutation({
    mutationFn: (number: number) => api.POST('/v1/brand/restore', { body: { number } }),
    onSuccess: showPublished,
  })
  const columns: Column<Version>[] = [
    { name: 'number', title: t('versions.number'), show: ({ number }) => number },
    { name: 'name', title: t('fields.displayName'), show: ({ content }) => content.displayName ?? '' },
    { name: 'at', title: t('versions.at'), show: ({ at }) => showTime(at) },
    { name: 'by', title: t('versions.by'), show: ({ actorName, actorKind }) => actorName ?? t(`versions.kinds.${actorKind}`) },
    {
      name: 'restores',
      title: t('versions.restores'),
      show: ({ restores }) => (restores === null ? '' : t('versions.sameAs', { number: restores })),
    },
    {
      name: 'act',
      title: t('versions.act'),
      show: ({ number }) =>
        number === current ? (
          <Badge>{t('versions.current')}</Badge>
        ) : (
          <ActButton
            variant="default"
            size="compact-sm"
            whyNot={whyNot}
            loading={restore.isPending && restore.variables === number}
            onClick={() => restore.mutate(number)}
          >
            {t('versions.restore', { number })}
          </ActButton>
        ),
    },
  ]
  return (
    <section aria-label={t('versions.title')}>
      <Title order={2} size="h3" mb="xs">
        {t('versions.title')}
      </Title>
      <ProblemAlert error={versions.error ?? restore.error} />
      {versions.data && (
        <DataTable
          caption={t('versions.title')}
          columns={columns}
          rows={versions.data}
          keyOf={({ number }) => String(number)}
          empty={<EmptyState title={t('versions.none')} why={t('versions.noneWhy')} />}
        />
      )}
    </section>
  )
}
