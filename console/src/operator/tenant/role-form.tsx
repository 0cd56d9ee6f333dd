import { Button, Group, Modal, Select, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { components } from '@tenantry/client'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { AsCall, quote } from '../../components/as-call.tsx'
import { type KeysAfterwards, KeysQuestion, keysInQuestion } from '../../components/keys-question.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { useInside } from './inside.tsx'
import { roles } from './invite-form.tsx'
import { useTenantRoles } from './tenant-roles.ts'

type Member = components['schemas']['Member']

/** What somebody is in the tenant from now on. It acts within a second, wherever he is signed in. */
export function RoleForm({ member, onClose }: { readonly member: Member; readonly onClose: () => void }) {
  const { t } = useTranslation(['tenant', 'common', 'people'])
  const { params, tenantId, reason } = useInside()
  const own = useTenantRoles().data?.items ?? []
  const [role, setRole] = useState<string>(member.customRoleId ?? member.role)
  const [keys, setKeys] = useState<KeysAfterwards>()
  const builtIn = roles.find((each) => each === role)
  const body = builtIn === undefined ? { customRoleId: role } : { role: builtIn }
  const change = useMutation({
    mutationFn: () =>
      api.PATCH('/v1/tenants/{tenantId}/members/{memberId}', {
        params: { ...params, path: { tenantId, memberId: member.id }, query: keys === undefined ? {} : { keys } },
        body,
      }),
    onSuccess: onClose,
  })
  const asked = keysInQuestion(change.error)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate()
  }
  const title = t('members.changing', { name: member.name })
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('common:close') }}>
      <form onSubmit={submit}>
        <Stack>
          <Select
            label={t('members.role')}
            description={t('members.changeAbout')}
            data={[
              { group: t('people:builtIn'), items: roles.map((each) => ({ value: each as string, label: t(`roles.${each}`) })) },
              { group: t('people:own'), items: own.map(({ id, name }) => ({ value: id, label: name })) },
            ].filter(({ items }) => items.length > 0)}
            value={role}
            onChange={(chosen) => setRole(chosen ?? role)}
            allowDeselect={false}
            data-autofocus
          />
          {asked ? <KeysQuestion keys={asked} value={keys} onChange={setKeys} /> : <ProblemAlert error={change.error} />}
          <Group justify="space-between">
            <AsCall
              method="PATCH"
              path={`/v1/tenants/${tenantId}/members/${member.id}`}
              body={body}
              headers={{ 'Tenantry-Reason': reason }}
              {...(builtIn && { command: `member role ${tenantId} ${quote(member.email)} --role ${builtIn}` })}
            />
            <Button type="submit" loading={change.isPending} disabled={asked !== undefined && keys === undefined}>
              {t('common:save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
