import { ActionIcon, Anchor, Button, Group, Menu, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconDots, IconDownload, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePageSearch } from '../../app/search.ts'
import { ConfirmByName } from '../../components/confirm-by-name.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { usePages } from '../../components/use-pages.ts'
import { Cell } from './cell.tsx'
import { deleteObject, listObjects, type ObjectRow } from './object-api.ts'
import { ObjectForm } from './object-form.tsx'
import { mostRows, saveAsCsv } from './resource-csv.ts'
import { type Filters, ResourceFilters } from './resource-filters.tsx'
import { inWords, type View, type ViewResource } from './views-query.ts'

/** The table of a resource; of one with points, the way to each object's page. */
export function ResourceView({ view, resource }: { readonly view: View; readonly resource: ViewResource }) {
  const { t } = useTranslation(['views', 'common'])
  const [search, setSearch] = usePageSearch<string>()
  const [removed, setRemoved] = useState<ObjectRow>()
  const [edited, setEdited] = useState<ObjectRow>()
  const filters = filtersOf(resource, search)
  const { rows, error, isPending, more } = usePages(['objects', resource.path, filters], (cursor) =>
    listObjects(resource.path, { limit: 50, ...filters, ...cursor }),
  )
  const saving = useMutation({
    mutationFn: () => saveAsCsv(resource, title, filters),
    onSuccess: (isAll) => isAll || notifications.show({ message: t('notAll', { most: mostRows }) }),
  })
  const title = inWords(view.title)
  const nameOf = (row: ObjectRow) => String(row[resource.label] || row.id)
  const columns: Column<ObjectRow>[] = resource.columns.flatMap((name) => {
    const field = resource.fields.find((each) => each.name === name)
    if (field === undefined) return []
    const isWay = view.kind === 'series' && name === resource.label
    const show = (row: ObjectRow) =>
      isWay ? (
        <Anchor component={Link} underline="always" to={`/views/${view.name}/${row.id}`}>
          {nameOf(row)}
        </Anchor>
      ) : (
        <Cell field={field} value={row[name]} />
      )
    const isNumber = field.schema.type === 'number' || field.schema.type === 'integer'
    return [{ name, title: inWords(field.title), show, align: isNumber ? 'end' : 'start' }]
  })
  const actions: Column<ObjectRow> = {
    name: 'actions',
    title: t('actions'),
    align: 'end',
    show: (row) => <RowMenu name={nameOf(row)} onChange={() => setEdited(row)} onDelete={() => setRemoved(row)} />,
  }
  const isFiltered = Object.keys(filters).some((name) => name !== 'sort')
  const newButton = (
    <Button
      leftSection={<IconPlus size={16} aria-hidden />}
      disabled={!resource.mayCreate}
      title={resource.mayCreate ? undefined : t('mayNotCreate')}
      onClick={() => setSearch({ new: '1' }, { replace: false })}
    >
      {t('common:create')}
    </Button>
  )
  return (
    <>
      <PageHeader title={title}>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          loading={saving.isPending}
          onClick={() => saving.mutate()}
        >
          {t('csv')}
        </Button>
        {newButton}
      </PageHeader>
      <ResourceFilters {...{ resource, filters }} onChange={(change) => setSearch(change)} />
      <ProblemAlert error={error ?? saving.error} />
      {!isPending && !error && (
        <DataTable
          caption={title}
          columns={resource.mayChange ? [...columns, actions] : columns}
          rows={rows}
          keyOf={({ id }) => id}
          empty={<Nothing {...{ isFiltered, resource }} onReset={() => setSearch(none(filters))} newButton={newButton} />}
          {...more}
        />
      )}
      {(search.new || edited) && (
        <ObjectForm
          resource={resource}
          row={edited}
          title={edited === undefined ? t('newOne') : t('changeOne', { name: nameOf(edited) })}
          onClose={() => (edited === undefined ? setSearch({ new: undefined }) : setEdited(undefined))}
        />
      )}
      {removed && <Removal {...{ resource }} row={removed} name={nameOf(removed)} onClose={() => setRemoved(undefined)} />}
    </>
  )
}

interface RowMenuProps {
  readonly name: string
  readonly onChange: () => void
  readonly onDelete: () => void
}

function RowMenu({ name, onChange, onDelete }: RowMenuProps) {
  const { t } = useTranslation(['views', 'common'])
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" aria-label={t('actionsOf', { name })}>
          <IconDots size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={onChange}>
          {t('common:change')}
        </Menu.Item>
        <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} onClick={onDelete}>
          {t('common:delete')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function Nothing(props: { isFiltered: boolean; resource: ViewResource; onReset: () => void; newButton: React.ReactNode }) {
  const { t } = useTranslation('views')
  if (props.isFiltered) {
    return (
      <EmptyState title={t('nothingFound')} why={t('nothingFoundWhy')}>
        <Button variant="default" onClick={props.onReset}>
          {t('resetFilters')}
        </Button>
      </EmptyState>
    )
  }
  return (
    <EmptyState title={t('nothingYet')} why={props.resource.mayCreate ? t('nothingYetWhy') : t('nothingForYou')}>
      {props.newButton}
    </EmptyState>
  )
}

function Removal({
  resource,
  row,
  name,
  onClose,
}: {
  resource: ViewResource
  row: ObjectRow
  name: string
  onClose: () => void
}) {
  const { t } = useTranslation(['views', 'common'])
  const removing = useMutation({ mutationFn: () => deleteObject(resource.path, row), onSuccess: onClose })
  return (
    <ConfirmByName
      opened
      onClose={onClose}
      title={t('deleteOne', { name })}
      name={name}
      act={t('common:delete')}
      onConfirm={() => removing.mutate()}
      busy={removing.isPending}
      error={removing.error}
    >
      <Group>
        <Text size="sm">{t('deleteWhat')}</Text>
      </Group>
    </ConfirmByName>
  )
}

/** Of what stands in the address, what the list takes. */
function filtersOf(resource: ViewResource, search: Filters): Filters {
  const names = [
    'sort',
    ...(resource.search ? ['search'] : []),
    ...resource.filters.flatMap(({ field, kind }) => (kind === 'equals' ? [field] : [`${field}Min`, `${field}Max`])),
  ]
  const given = names.flatMap((name) => (search[name] ? [[name, search[name]]] : []))
  const { sort, ...others } = Object.fromEntries(given) as Record<string, string>
  // Found things come in the order of the words they were found by.
  return sort === undefined || others.search !== undefined ? others : { ...others, sort }
}

const none = (filters: Filters): Filters => Object.fromEntries(Object.keys(filters).map((name) => [name, undefined]))
