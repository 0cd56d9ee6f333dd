import { Badge, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconSend, IconTrash, IconUserPlus } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { components } from '@tenantry/client'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { may, useSession } from '../../app/session.ts'
import { Age } from '../../components/age.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { RowMenu } from '../../components/row-menu.tsx'
import { useNew } from '../../components/use-new.tsx'
import { usePages } from '../../components/use-pages.ts'
import { showDate } from '../../i18n/format.ts'
import { ReachCell } from '../grants/reach-cell.tsx'
import { useRoleName } from '../members/standing.ts'
import { rolesQuery } from '../permissions/roles-query.ts'
import { InvitationForm } from './invitation-form.tsx'

type Invitation = components['schemas']['Invitation']

const byId = (id: string) => ({ params: { path: { id } } })
const colours = { open: 'blue', accepted: 'green', revoked: 'gray', expired: 'gray' } as const

/** Who was asked to join, and what became of it. */
export default function InvitationsPage() {
  const { t } = useTranslation(['people', 'common', 'pages'])
  const { rows, error, isPending, more } = usePages<Invitation>(
    ['invitations'],
    async (cursor) => (await api.GET('/v1/invitations', { params: { query: cursor } })).data,
  )
  const adding = useNew({ permission: 'members:write' }, t('invite'), IconUserPlus)
  const resend = useMutation({
    mutationFn: ({ id }: Invitation) => api.POST('/v1/invitations/{id}/resend', byId(id)),
    onSuccess: (_, { email }) => notifications.show({ message: t('sentAgain', { email }) }),
  })
  const revoke = useMutation({
    mutationFn: ({ id }: Invitation) => api.DELETE('/v1/invitations/{id}', byId(id)),
    onSuccess: (_, { email }) => notifications.show({ message: t('revoked', { email }) }),
  })
  const columns = useColumns(adding.whyNot, resend.mutate, revoke.mutate)
  return (
    <>
      <PageHeader title={t('pages:invitations')} about={t('invitationsAbout')}>
        {adding.button}
      </PageHeader>
      <ProblemAlert error={error ?? resend.error ?? revoke.error} />
      {!isPending && !error && (
        <DataTable
          caption={t('pages:invitations')}
          columns={columns}
          rows={rows}
          keyOf={({ id }) => id}
          empty={
            <EmptyState title={t('noInvitations')} why={t('noInvitationsWhy')}>
              {adding.button}
            </EmptyState>
          }
          {...more}
        />
      )}
      {adding.isOpen && <InvitationForm onClose={adding.close} />}
    </>
  )
}

type Act = (invitation: Invitation) => void

function useColumns(whyNot: string | undefined, onResend: Act, onRevoke: Act): Column<Invitation>[] {
  const { t } = useTranslation(['people', 'common'])
  const { data: roles } = useQuery({ ...rolesQuery, enabled: may(useSession(), 'roles:read') })
  const nameOf = useRoleName(roles)
  return [
    {
      name: 'email',
      title: t('email'),
      show: ({ email, invitedByName }) => (
        <>
          {email}
          <Text size="xs" c="dimmed">
            {t('invitedBy', { name: invitedByName })}
          </Text>
        </>
      ),
    },
    { name: 'role', title: t('role'), show: ({ role, customRoleId }) => nameOf(customRoleId ?? role) },
    { name: 'reach', title: t('reach.label'), show: (invitation) => <ReachCell {...invitation} /> },
    {
      name: 'state',
      title: t('state'),
      show: ({ state }) => (
        <Badge variant="dot" color={colours[state]}>
          {t(`states.${state}`)}
        </Badge>
      ),
    },
    { name: 'sent', title: t('sent'), show: ({ sentAt }) => <Age of={sentAt} /> },
    { name: 'ends', title: t('ends'), show: ({ state, expiresAt }) => (state === 'open' ? showDate(expiresAt) : '') },
    {
      name: 'actions',
      title: t('common:actions'),
      align: 'end',
      show: (invitation) => {
        const over = invitation.state === 'accepted' || invitation.state === 'revoked' ? t(`over.${invitation.state}`) : undefined
        const acts = [
          { label: t('resend'), icon: IconSend, onClick: () => onResend(invitation), whyNot: whyNot ?? over },
          { label: t('revoke'), icon: IconTrash, onClick: () => onRevoke(invitation), whyNot: whyNot ?? over, isDangerous: true },
        ]
        return <RowMenu name={invitation.email} acts={acts} />
      },
    },
  ]
}
