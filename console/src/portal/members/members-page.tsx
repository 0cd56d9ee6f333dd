import { Button, Group, Select, Text, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconDoorExit, IconPencil, IconSearch, IconTrash, IconUserPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePageSearch } from '../../app/search.ts'
import { may, useSession } from '../../app/session.ts'
import { useWhyNot } from '../../app/why-not.ts'
import { Age } from '../../components/age.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { RowMenu } from '../../components/row-menu.tsx'
import { usePages } from '../../components/use-pages.ts'
import { showDate } from '../../i18n/format.ts'
import { ReachCell } from '../grants/reach-cell.tsx'
import { roleNames, rolesQuery } from '../permissions/roles-query.ts'
import { MemberForm } from './member-form.tsx'
import { listMembers, type Member, type MemberSearch, memberFilter, oneOwnerQuery } from './member-queries.ts'
import { MemberRemoval } from './member-removal.tsx'
import { standingOf, useRoleName, useStandingRules } from './standing.ts'

function useColumns(onChange: (member: Member) => void, onRemove: (member: Member) => void): Column<Member>[] {
  const { t } = useTranslation(['people', 'common'])
  const session = useSession()
  const whyNot = useWhyNot()
  const { data: roles } = useQuery({ ...rolesQuery, enabled: may(session, 'roles:read') })
  const { data: hasOneOwner } = useQuery(oneOwnerQuery)
  const nameOf = useRoleName(roles)
  const { whyNotTouch } = useStandingRules(session, roles)
  const act = (member: Member) => {
    const isOwn = member.id === session.id
    const refusal = whyNot({ permission: 'members:write' }) ?? whyNotTouch(standingOf(member))
    const last = member.role === 'owner' && hasOneOwner === true ? t('rules.lastOwner') : undefined
    const removal = { onClick: () => onRemove(member), isDangerous: true }
    return [
      { label: t('common:change'), icon: IconPencil, onClick: () => onChange(member), whyNot: refusal },
      isOwn
        ? { ...removal, label: t('leave'), icon: IconDoorExit, whyNot: last }
        : { ...removal, label: t('remove'), icon: IconTrash, whyNot: refusal ?? last },
    ]
  }
  return [
    {
      name: 'name',
      title: t('common:name'),
      show: ({ id, name, email }) => (
        <>
          {name}
          {id === session.id && (
            <Text span inherit c="dimmed">
              {` ${t('you')}`}
            </Text>
          )}
          <Text size="xs" c="dimmed">
            {email}
          </Text>
        </>
      ),
    },
    { name: 'role', title: t('role'), show: ({ role, customRoleId }) => nameOf(customRoleId ?? role) },
    { name: 'reach', title: t('reach.label'), show: (member) => <ReachCell {...member} /> },
    { name: 'joined', title: t('joined'), show: ({ joinedAt }) => showDate(joinedAt) },
    {
      name: 'active',
      title: t('lastActive'),
      show: ({ lastActiveAt }) => (lastActiveAt === null ? t('common:never') : <Age of={lastActiveAt} />),
    },
    {
      name: 'actions',
      title: t('common:actions'),
      align: 'end',
      show: (member) => <RowMenu name={member.name} acts={act(member)} />,
    },
  ]
}

/** Who belongs to the tenant, as what, and how far each reaches. */
export default function MembersPage() {
  const { t } = useTranslation(['people', 'common', 'pages'])
  const [search, setSearch] = usePageSearch<MemberSearch>()
  const filter = memberFilter(search)
  const { rows, error, isPending, more } = usePages(['members', filter], (cursor) => listMembers({ ...filter, ...cursor }))
  const [changed, setChanged] = useState<Member>()
  const [removed, setRemoved] = useState<Member>()
  const columns = useColumns(setChanged, setRemoved)
  return (
    <>
      <PageHeader title={t('pages:members')} about={t('membersAbout')}>
        <Button
          component={Link}
          to="/invitations"
          search={{ new: '1' } as never}
          leftSection={<IconUserPlus size={16} aria-hidden />}
        >
          {t('invite')}
        </Button>
      </PageHeader>
      <Filters search={search} onChange={setSearch} />
      <ProblemAlert error={error} />
      {!isPending && !error && (
        <DataTable
          caption={t('pages:members')}
          columns={columns}
          rows={rows}
          keyOf={({ id }) => id}
          empty={
            <EmptyState title={t('noneFound')} why={t('noneFoundWhy')}>
              <Button variant="default" onClick={() => setSearch({ search: undefined, role: undefined })}>
                {t('showAll')}
              </Button>
            </EmptyState>
          }
          {...more}
        />
      )}
      {changed && <MemberForm member={changed} onClose={() => setChanged(undefined)} />}
      {removed && <MemberRemoval member={removed} onClose={() => setRemoved(undefined)} />}
    </>
  )
}

interface FiltersProps {
  readonly search: Partial<Record<MemberSearch, string>>
  readonly onChange: (change: Partial<Record<MemberSearch, string | undefined>>) => void
}

function Filters({ search, onChange }: FiltersProps) {
  const { t } = useTranslation(['people', 'common'])
  const { data: roles } = useQuery({ ...rolesQuery, enabled: may(useSession(), 'roles:read') })
  const nameOf = useRoleName(roles)
  const [typed, setTyped] = useState(search.search ?? '')
  const ask = useDebouncedCallback((text: string) => onChange({ search: text || undefined }), 250)
  const choices = [...roleNames.toReversed(), ...(roles?.items.map(({ id }) => id) ?? [])]
  return (
    <Group align="flex-end" gap="xs" role="search" mb="md">
      <TextInput
        label={t('common:search')}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={typed}
        maxLength={100}
        onChange={({ currentTarget: { value } }) => {
          setTyped(value)
          ask(value)
        }}
      />
      <Select
        label={t('role')}
        data={choices.map((value) => ({ value, label: nameOf(value) }))}
        value={search.role ?? null}
        onChange={(role) => onChange({ role: role ?? undefined })}
        placeholder={t('common:any')}
        clearable
        clearButtonProps={{ 'aria-label': t('showAll') }}
      />
    </Group>
  )
}
