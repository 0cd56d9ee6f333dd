import { Box, Button, Menu } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconArrowsExchange, IconCheck } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../api/api.ts'
import { personApi } from '../api/person-api.ts'
import { useSession } from '../app/session.ts'
import { useProblemWords } from '../components/use-problem-words.ts'
import { isActing } from './acting/acting-session.ts'

/** To another tenant of the visitor's, on its own host and still signed in. Nothing for whoever has but one. */
export function TenantSwitcher() {
  const { t } = useTranslation('common')
  const inWords = useProblemWords()
  const { tenant } = useSession()
  const { data = [] } = useQuery({
    queryKey: ['my tenants'],
    queryFn: async () => (await api.GET('/v1/me/tenants')).data.items,
    staleTime: 300_000,
    // An operator who acts as a member is not that person.
    enabled: !isActing(),
  })
  const going = useMutation({
    // The link is good once: a new one for each going.
    mutationFn: async (tenantId: string) => (await personApi.POST('/v1/me/tenant', { body: { tenantId } })).data.url,
    onSuccess: (url) => url && location.assign(url),
    onError: (error) => notifications.show({ color: 'red', message: inWords(error).detail }),
  })
  const open = data.filter(({ status }) => status === 'active' || status === 'suspended')
  if (open.length < 2) return null
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="subtle"
          size="compact-md"
          leftSection={<IconArrowsExchange size={18} aria-hidden />}
          loading={going.isPending}
          aria-label={t('otherTenants')}
        >
          <Box component="span" visibleFrom="sm">
            {t('otherTenants')}
          </Box>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {open.map((mine) => (
          <Menu.Item
            key={mine.memberId}
            disabled={mine.tenant.id === tenant.id}
            rightSection={mine.tenant.id === tenant.id ? <IconCheck size={16} aria-label={t('here')} /> : undefined}
            onClick={() => going.mutate(mine.tenant.id)}
          >
            {mine.tenant.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
