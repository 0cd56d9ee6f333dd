import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { components, paths } from '@tenantry/client'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { fieldErrors } from '../../api/describe-problem.ts'
import { AsCall, quote } from '../../components/as-call.tsx'
import { ExpiryField } from '../../components/expiry-field.tsx'
import { KeyNameField } from '../../components/key-name-field.tsx'
import { PermissionPicker } from '../../components/permission-picker.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { useInside } from './inside.tsx'
import { useTenantRoles } from './tenant-roles.ts'

type NewKey = paths['/v1/tenants/{tenantId}/keys']['post']['requestBody']['content']['application/json']

export interface KeyFormProps {
  readonly onClose: () => void
  readonly onMade: (key: components['schemas']['CreatedKey']) => void
}

/** A key of the tenant that an operator makes and hands over. What it may is his choice: he has every permission there. */
export function KeyForm({ onClose, onMade }: KeyFormProps) {
  const { t } = useTranslation(['tenant', 'common', 'keys'])
  const { params, tenantId, reason } = useInside()
  const roles = useTenantRoles()
  const [body, setBody] = useState<NewKey>({ name: '', permissions: [] })
  const change = (some: Partial<NewKey>) => setBody((before) => ({ ...before, ...some }))
  const making = useMutation({
    mutationFn: async () => (await api.POST('/v1/tenants/{tenantId}/keys', { params, body })).data,
    onSuccess: onMade,
  })
  const errors = fieldErrors(making.error)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    making.mutate()
  }
  const ofRole = (name: string | null) =>
    change({ permissions: [...(roles.data?.builtIn.find((role) => role.name === name)?.permissions ?? [])] })
  const missing = body.permissions.length === 0 ? t('keys:noPermission') : undefined
  return (
    <Modal opened onClose={onClose} size="lg" title={t('keys.new')} closeButtonProps={{ 'aria-label': t('common:close') }}>
      <form onSubmit={submit}>
        <Stack>
          <KeyNameField value={body.name} onChange={(name) => change({ name })} error={errors.name} />
          <ExpiryField onChange={(expiresAt) => setBody((before) => withEnd(before, expiresAt))} error={errors.expiresAt} />
          <Select
            label={t('keys.asRole')}
            description={t('keys.asRoleHint')}
            data={roles.data?.builtIn.map(({ name }) => ({ value: name as string, label: t(`roles.${name}`) })) ?? []}
            onChange={ofRole}
          />
          <Text fw={500}>{t('keys.permissions')}</Text>
          <PermissionPicker
            permissions={roles.data?.permissions ?? []}
            value={body.permissions}
            onChange={(permissions) => change({ permissions })}
            error={errors.permissions}
          />
          <ProblemAlert error={making.error ?? roles.error} />
          <Group justify="space-between">
            <AsCall
              method="POST"
              path={`/v1/tenants/${tenantId}/keys`}
              body={body}
              headers={{ 'Tenantry-Reason': reason }}
              command={commandOf(tenantId, body)}
            />
            <Button type="submit" loading={making.isPending} disabled={missing !== undefined} title={missing}>
              {t('common:create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

function withEnd({ expiresAt: _, ...body }: NewKey, expiresAt: string | undefined): NewKey {
  return expiresAt === undefined ? body : { ...body, expiresAt }
}

function commandOf(tenantId: string, { name, permissions, expiresAt }: NewKey): string {
  const words = permissions.map((permission) => `--permission ${permission}`)
  return [`key create ${tenantId} --name ${quote(name)}`, ...words, ...(expiresAt ? [`--expires ${expiresAt}`] : [])].join(' ')
}
