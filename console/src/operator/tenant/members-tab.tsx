import { Badge, Button, Group, Stack, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconUserPlus } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import type { components } from '@tenantry/client'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { Age } from '../../components/age.tsx'
import { AsCall, quote } from '../../components/as-call.tsx'
import { ConfirmByName } from '../../components/confirm-by-name.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { usePages } from '../../components/use-pages.ts'
import { ActAsButton } from '../act-as/act-as-button.tsx'
import { quiet, useInside } from './inside.tsx'
import { InviteForm } from './invite-form.tsx'
import { RoleForm } from './role-form.tsx'
import type { TabProps } from './tenant-query.ts'

type Member = components['schemas']['Member']
type Invitation = components['schemas']['Invitation']

function useMemberColumns(onChange: (member: Member) => void, onRemove: (member: Member) => void): Column<Member>[] {
  const { t } = useTranslation('tenant')
  const { tenantId, reason } = useInside()
  return [
    { name: 'name', title: t('members.name'), show: ({ name }) => name },
    { name: 'email', title: t('members.email'), show: ({ email }) => email },
    { name: 'role', title: t('members.role'), show: ({ role }) => t(`roles.${role}`) },
    { name: 'joined', title: t('members.joined'), show: ({ joinedAt }) => <Age of={joinedAt} /> },
    {
      name: 'active',
      title: t('members.active'),
      show: ({ lastActiveAt }) => (lastActiveAt === null ? t('never') : <Age of={lastActiveAt} />),
    },
    {
      name: 'acts',
      title: t('actions'),
      show: (member) => (
        <Group gap="xs" wrap="nowrap">
          <ActAsButton tenantId={tenantId} member={member} reason={reason} />
          <Button
            size="compact-sm"
            variant="subtle"
            onClick={() => onChange(member)}
            aria-label={t('members.changing', { name: member.name })}
          >
            {t('members.change')}
          </Button>
          <Button size="compact-sm" variant="subtle" color="red" onClick={() => onRemove(member)}>
            {t('members.remove')}
          </Button>
        </Group>
      ),
    },
  ]
}

function useInvitationColumns(): Column<Invitation>[] {
  const { t } = useTranslation('tenant')
  return [
    { name: 'email', title: t('members.email'), show: ({ email }) => email },
    { name: 'role', title: t('members.role'), show: ({ role }) => t(`roles.${role}`) },
    { name: 'state', title: t('state'), show: ({ state }) => <Badge variant="default">{t(`invitations.${state}`)}</Badge> },
    { name: 'expires', title: t('members.expires'), show: ({ expiresAt }) => <Age of={expiresAt} /> },
  ]
}

export default function MembersTab({ tenant }: TabProps) {
  const { t } = useTranslation('tenant')
  const { params } = useInside()
  const [inviting, { open, close }] = useDisclosure(false)
  const [changing, setChanging] = useState<Member>()
  const [removing, setRemoving] = useState<Member>()
  const members = usePages(
    ['tenant', tenant.id, 'members'],
    async (cursor) => (await api.GET('/v1/tenants/{tenantId}/members', { params: { ...params, query: cursor } })).data,
    quiet,
  )
  const invitations = usePages(
    ['tenant', tenant.id, 'invitations'],
    async (cursor) => (await api.GET('/v1/tenants/{tenantId}/invitations', { params: { ...params, query: cursor } })).data,
    quiet,
  )
  const columns = useMemberColumns(setChanging, setRemoving)
  const invitationColumns = useInvitationColumns()
  const invite = (
    <Button onClick={open} leftSection={<IconUserPlus size={16} aria-hidden />}>
      {t('invite.title')}
    </Button>
  )
  return (
    <Stack>
      <ProblemAlert error={members.error ?? invitations.error} />
      {members.rows.length > 0 && <Group justify="flex-end">{invite}</Group>}
      {!members.isPending && (
        <DataTable
          caption={t('tabs.members')}
          columns={columns}
          rows={members.rows}
          keyOf={({ id }) => id}
          empty={
            <EmptyState title={t('members.empty')} why={t('members.emptyWhy')}>
              {invite}
            </EmptyState>
          }
          {...members.more}
        />
      )}
      {invitations.rows.length > 0 && (
        <>
          <Title order={2} size="h4">
            {t('invitations.title')}
          </Title>
          <DataTable
            caption={t('invitations.title')}
            columns={invitationColumns}
            rows={invitations.rows}
            keyOf={({ id }) => id}
            empty={null}
            {...invitations.more}
          />
        </>
      )}
      {inviting && <InviteForm onClose={close} />}
      {changing && <RoleForm member={changing} onClose={() => setChanging(undefined)} />}
      {removing && <RemoveMember member={removing} onClose={() => setRemoving(undefined)} />}
    </Stack>
  )
}

function RemoveMember({ member: { id, name, email }, onClose }: { readonly member: Member; readonly onClose: () => void }) {
  const { t } = useTranslation('tenant')
  const { params, tenantId, reason } = useInside()
  const remove = useMutation({
    mutationFn: () =>
      api.DELETE('/v1/tenants/{tenantId}/members/{memberId}', {
        params: { ...params, path: { tenantId, memberId: id }, query: { keys: 'revoke' } },
      }),
    onSuccess: onClose,
  })
  return (
    <ConfirmByName
      opened
      onClose={onClose}
      title={t('members.removing', { name })}
      name={name}
      act={t('members.remove')}
      onConfirm={() => remove.mutate()}
      busy={remove.isPending}
      error={remove.error}
    >
      <p>{t('members.removeAbout')}</p>
      <AsCall
        method="DELETE"
        path={`/v1/tenants/${tenantId}/members/${id}?keys=revoke`}
        headers={{ 'Tenantry-Reason': reason }}
        command={`member remove ${tenantId} ${quote(email)} --keys revoke`}
      />
    </ConfirmByName>
  )
}
