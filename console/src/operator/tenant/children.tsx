import { Anchor, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'

const most = 50

/** The tenants directly below one, by name. */
export function Children({ of: slug }: { readonly of: string }) {
  const { t } = useTranslation('tenant')
  const children = useQuery({
    queryKey: ['tenants', 'below', slug],
    queryFn: async () => (await api.GET('/v1/tenants', { params: { query: { parent: slug, sort: 'name', limit: most } } })).data,
  }).data
  if (children === undefined) return null
  if (children.items.length === 0) return t('facts.noChildren')
  return (
    <Group gap="xs">
      {children.items.map(({ id, name }) => (
        <TenantLink key={id} id={id} name={name} />
      ))}
      {children.nextCursor !== null && <Text size="sm">{t('facts.moreChildren')}</Text>}
    </Group>
  )
}

export function TenantLink({ id, name }: { readonly id: string; readonly name: string }) {
  return (
    <Anchor component={Link} to={`/tenants/${id}`} size="sm">
      {name}
    </Anchor>
  )
}
