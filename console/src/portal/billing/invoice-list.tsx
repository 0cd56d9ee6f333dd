import { Badge, Button, Card, Text, Title } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import type { components } from '@tenantry/client'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { readFile } from '../../api/read-file.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { saveBlob } from '../../components/save-file.ts'
import { showDate, showMoney } from '../../i18n/format.ts'

type Invoice = components['schemas']['Invoice']

const colours = { draft: 'gray', sealed: 'yellow', paid: 'teal', void: 'gray' } as const
const limit = 20

/** Invoices, the newest first, each as a PDF. */
export function InvoiceList() {
  const { t } = useTranslation('billing')
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['invoices'],
    queryFn: async ({ pageParam }) => {
      const query = pageParam === null ? { limit } : { limit, before: pageParam }
      return (await api.GET('/v1/invoices', { params: { query } })).data.items
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => (page.length < limit ? null : (page.at(-1)?.id ?? null)),
  })
  const saving = useMutation({
    mutationFn: async ({ id, number }: Invoice) => saveBlob(`${number ?? id}.pdf`, await readFile(`/v1/invoices/${id}/pdf`)),
  })
  const amount = ({ totalMinor, currency }: Invoice) => (totalMinor === null ? '–' : showMoney(totalMinor, currency))
  const columns: Column<Invoice>[] = [
    { name: 'number', title: t('invoice.number'), show: ({ number }) => number ?? t('invoice.open') },
    { name: 'kind', title: t('invoice.kind'), show: ({ kind }) => t(`kinds.${kind}`) },
    {
      name: 'state',
      title: t('invoice.state'),
      show: (invoice) => (
        <Badge variant="dot" color={isLate(invoice) ? 'red' : colours[invoice.state]}>
          {isLate(invoice) ? t('invoice.late') : t(`states.${invoice.state}`)}
        </Badge>
      ),
    },
    { name: 'date', title: t('invoice.date'), show: ({ sealedAt, createdAt }) => showDate(sealedAt ?? createdAt) },
    { name: 'due', title: t('invoice.due'), show: ({ dueAt }) => (dueAt === null ? '–' : showDate(dueAt)) },
    { name: 'total', title: t('invoice.total'), align: 'end', show: amount },
    {
      name: 'pdf',
      title: t('invoice.file'),
      align: 'end',
      show: (invoice) => (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          disabled={invoice.number === null}
          title={invoice.number === null ? t('invoice.noFile') : undefined}
          aria-label={t('invoice.save', { number: invoice.number ?? '' })}
          loading={saving.isPending && saving.variables.id === invoice.id}
          onClick={() => saving.mutate(invoice)}
        >
          {t('invoice.pdf')}
        </Button>
      ),
    },
  ]
  return (
    <Card withBorder component="section">
      <Title order={2} size="h4" mb="sm">
        {t('invoice.title')}
      </Title>
      <ProblemAlert error={error ?? saving.error} />
      {data && (
        <DataTable
          caption={t('invoice.title')}
          columns={columns}
          rows={data.pages.flat()}
          keyOf={({ id }) => id}
          empty={<EmptyState title={t('invoice.none')} why={t('invoice.noneWhy')} />}
          onMore={hasNextPage ? () => void fetchNextPage() : undefined}
          loadingMore={isFetchingNextPage}
        />
      )}
      <Text size="xs" c="dimmed" mt="xs">
        {t('invoice.tax')}
      </Text>
    </Card>
  )
}

function isLate({ state, dueAt }: Invoice): boolean {
  return state === 'sealed' && dueAt !== null && Date.parse(dueAt) < Date.now()
}
