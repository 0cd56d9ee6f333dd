import { Select, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { may, useSession } from '../../app/session.ts'
import { ReachFields } from '../grants/reach-fields.tsx'
import { roleNames, rolesQuery } from '../permissions/roles-query.ts'
import { permissionsOfRole, type StandingValues, useRoleName, useStandingRules } from './standing.ts'

export interface StandingFieldsProps {
  readonly values: StandingValues
  readonly onChange: (change: Partial<StandingValues>) => void
  /** Why the role cannot be another: of the last owner. */
  readonly fixedBecause?: string | undefined
  readonly errors?: Readonly<Record<string, ReactNode>>
}

/** Role, reach and granted objects, of a member or somebody who is invited. What the visitor cannot give is there and says why. */
export function StandingFields({ values, onChange, fixedBecause, errors = {} }: StandingFieldsProps) {
  const { t } = useTranslation(['people', 'common'])
  const session = useSession()
  const { data: roles } = useQuery({ ...rolesQuery, enabled: may(session, 'roles:read') })
  const nameOf = useRoleName(roles)
  const { whyNotGive } = useStandingRules(session, roles)
  const option = (value: string) => ({ value, label: nameOf(value), disabled: whyNotGive(value) !== undefined })
  const data = [
    { group: t('builtIn'), items: roleNames.toReversed().map(option) },
    { group: t('own'), items: roles?.items.map(({ id }) => option(id)) ?? [] },
  ]
  const allowed = permissionsOfRole(roles, values.role)
  return (
    <Stack>
      <Select
        label={t('role')}
        data={data.filter(({ items }) => items.length > 0)}
        value={values.role}
        onChange={(role) => role !== null && onChange({ role })}
        allowDeselect={false}
        disabled={fixedBecause !== undefined}
        description={fixedBecause ?? t('roleHint', { count: allowed.length })}
        renderOption={({ option: { value, label } }) => <RoleOption label={label} whyNot={whyNotGive(value)} />}
        error={errors.role ?? errors.customRoleId}
      />
      <ReachFields reach={values.reach} grants={values.grants} onChange={onChange} error={errors.grants} />
    </Stack>
  )
}

function RoleOption({ label, whyNot }: { readonly label: string; readonly whyNot: string | undefined }) {
  return (
    <div>
      {label}
      {whyNot && <Text size="xs">{whyNot}</Text>}
    </div>
  )
}
