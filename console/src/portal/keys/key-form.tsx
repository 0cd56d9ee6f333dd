import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { fieldErrors } from '../../api/describe-problem.ts'
import { may, useSession } from '../../app/session.ts'
import { AsCall } from '../../components/as-call.tsx'
import { ExpiryField } from '../../components/expiry-field.tsx'
import { PermissionPicker } from '../../components/permission-picker.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { type Reach, ReachFields } from '../grants/reach-fields.tsx'
import { rolesQuery } from '../permissions/roles-query.ts'
import type { CreatedKey, NewKey } from './key-queries.ts'
import { type Terms, TermsFields } from './terms-fields.tsx'

interface Values extends Terms {
  readonly permissions: readonly string[]
  readonly reach: Reach
  readonly grants: readonly string[]
  readonly expiresAt?: string | undefined
}

export interface KeyFormProps {
  readonly onClose: () => void
  readonly onMade: (key: CreatedKey) => void
}

/** Makes a key that may no more than whoever makes it. */
export function KeyForm({ onClose, onMade }: KeyFormProps) {
  const { t } = useTranslation(['keys', 'common', 'people'])
  const session = useSession()
  const roles = useQuery(rolesQuery)
  const [values, setValues] = useState<Values>({
    name: '',
    requestsPerHour: null,
    allowedAddresses: [],
    permissions: [],
    reach: session.reach,
    grants: [],
  })
  const change = (some: Partial<Values>) => setValues((before) => ({ ...before, ...some }))
  const body = bodyOf(values)
  const making = useMutation({
    mutationFn: async () => (await api.POST('/v1/keys', { body })).data,
    onSuccess: onMade,
  })
  const errors = fieldErrors(making.error)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    making.mutate()
  }
  return (
    <Modal opened onClose={onClose} size="lg" title={t('newKey')} closeButtonProps={{ 'aria-label': t('common:close') }}>
      <form onSubmit={submit}>
        <Stack>
          <TermsFields values={values} onChange={change} errors={errors} />
          <ExpiryField onChange={(expiresAt) => change({ expiresAt })} error={errors.expiresAt} />
          <ReachFields reach={values.reach} grants={values.grants} onChange={change} error={errors.grants} />
          <Text fw={500}>{t('people:permissions')}</Text>
          <PermissionPicker
            permissions={roles.data?.permissions ?? []}
            value={values.permissions}
            onChange={(permissions) => change({ permissions })}
            mayGive={(name) => may(session, name)}
            error={errors.permissions}
          />
          <ProblemAlert error={making.error ?? roles.error} />
          <Group justify="space-between">
            <AsCall method="POST" path="/v1/keys" body={body} />
            <Button
              type="submit"
              loading={making.isPending}
              disabled={values.permissions.length === 0}
              title={values.permissions.length === 0 ? t('noPermission') : undefined}
            >
              {t('common:create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

function bodyOf({ permissions, reach, grants, allowedAddresses, requestsPerHour, expiresAt, name }: Values): NewKey {
  return {
    name,
    permissions: [...permissions],
    reach,
    ...(reach === 'granted' && { grants: [...grants] }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(requestsPerHour !== null && { requestsPerHour }),
    ...(allowedAddresses.length > 0 && { allowedAddresses: [...allowedAddresses] }),
  }
}
