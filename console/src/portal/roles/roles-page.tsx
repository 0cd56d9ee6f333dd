import { Text, Title } from '@mantine/core'
import { IconEye, IconPencil, IconTrash, IconUsers } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { may, useSession } from '../../app/session.ts'
import { useWhyNot } from '../../app/why-not.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { RowMenu } from '../../components/row-menu.tsx'
import { useNew } from '../../components/use-new.tsx'
import { useRoleName } from '../members/standing.ts'
import { type CustomRole, type RoleList, rolesQuery } from '../permissions/roles-query.ts'
import { RoleForm } from './role-form.tsx'
import { RolePermissions } from './role-permissions.tsx'
import { RoleRemoval } from './role-removal.tsx'

type BuiltIn = RoleList['builtIn'][number]
interface Shown {
  readonly name: string
  readonly permissions: readonly string[]
}

/** What each role may: the built-in ones to look at, the tenant's own to make and change. */
export default function RolesPage() {
  const { t } = useTranslation(['people', 'common', 'pages'])
  const { data: roles, error } = useQuery(rolesQuery)
  const [changed, setChanged] = useState<CustomRole>()
  const [removed, setRemoved] = useState<CustomRole>()
  const [shown, setShown] = useState<Shown>()
  const adding = useNew({ permission: 'roles:write', role: 'admin' }, t('newRole'))
  const builtInColumns = useBuiltInColumns(setShown)
  const ownColumns = useOwnColumns({ whyNot: adding.whyNot, onShow: setShown, onChange: setChanged, onRemove: setRemoved })
  return (
    <>
      <PageHeader title={t('pages:roles')} about={t('rolesAbout')}>
        {adding.button}
      </PageHeader>
      <ProblemAlert error={error} />
      {roles && (
        <>
          <Title order={2} size="h4" mb="xs">
            {t('own')}
          </Title>
          <DataTable
            caption={t('own')}
            columns={ownColumns}
            rows={roles.items}
            keyOf={({ id }) => id}
            empty={
              <EmptyState title={t('noRoles')} why={t('noRolesWhy')}>
                {adding.button}
              </EmptyState>
            }
          />
          <Title order={2} size="h4" mt="lg" mb="xs">
            {t('builtIn')}
          </Title>
          <DataTable
            caption={t('builtIn')}
            columns={builtInColumns}
            rows={roles.builtIn}
            keyOf={({ name }) => name}
            empty={null}
          />
          {shown && <RolePermissions {...shown} roles={roles} onClose={() => setShown(undefined)} />}
          {adding.isOpen && <RoleForm roles={roles} onClose={adding.close} />}
          {changed && <RoleForm roles={roles} changed={changed} onClose={() => setChanged(undefined)} />}
          {removed && <RoleRemoval role={removed} onClose={() => setRemoved(undefined)} />}
        </>
      )}
    </>
  )
}

/** Who has a role, on the page of the members; not for who may not see them. */
function useHolders() {
  const { t } = useTranslation('people')
  const navigate = useNavigate()
  const whyNot = useWhyNot()({ permission: 'members:read' })
  return (role: string) => ({
    label: t('whoHasIt'),
    icon: IconUsers,
    onClick: () => void navigate({ to: '/members', search: { role } as never }),
    whyNot,
  })
}

function useBuiltInColumns(onShow: (role: Shown) => void): Column<BuiltIn>[] {
  const { t } = useTranslation(['people', 'common'])
  const nameOf = useRoleName(undefined)
  const holders = useHolders()
  return [
    { name: 'name', title: t('common:name'), show: ({ name }) => nameOf(name) },
    { name: 'permissions', title: t('permissions'), show: (role) => t('countPermissions', { count: role.permissions.length }) },
    {
      name: 'actions',
      title: t('common:actions'),
      align: 'end',
      show: ({ name, permissions }) => {
        const look = { label: t('permissions'), icon: IconEye, onClick: () => onShow({ name: nameOf(name), permissions }) }
        return <RowMenu name={nameOf(name)} acts={[look, holders(name)]} />
      },
    },
  ]
}

interface OwnActs {
  readonly whyNot: string | undefined
  readonly onShow: (role: Shown) => void
  readonly onChange: (role: CustomRole) => void
  readonly onRemove: (role: CustomRole) => void
}

function useOwnColumns({ whyNot, onShow, onChange, onRemove }: OwnActs): Column<CustomRole>[] {
  const { t } = useTranslation(['people', 'common'])
  const session = useSession()
  const holders = useHolders()
  return [
    {
      name: 'name',
      title: t('common:name'),
      show: ({ name, description }) => (
        <>
          {name}
          <Text size="xs" c="dimmed">
            {description}
          </Text>
        </>
      ),
    },
    { name: 'permissions', title: t('permissions'), show: (role) => t('countPermissions', { count: role.permissions.length }) },
    {
      name: 'actions',
      title: t('common:actions'),
      align: 'end',
      show: (role) => {
        const permission = role.permissions.find((each) => !may(session, each))
        const refusal = whyNot ?? (permission && t('roleLacks', { permission }))
        const acts = [
          { label: t('permissions'), icon: IconEye, onClick: () => onShow(role) },
          holders(role.id),
          { label: t('common:change'), icon: IconPencil, onClick: () => onChange(role), whyNot: refusal },
          { label: t('common:delete'), icon: IconTrash, onClick: () => onRemove(role), whyNot: refusal, isDangerous: true },
        ]
        return <RowMenu name={role.name} acts={acts} />
      },
    },
  ]
}
