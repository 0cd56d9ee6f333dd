import { Alert, Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { components } from '@tenantry/client'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { mayOpen, useSession } from '../../app/session.ts'
import { AsCall } from '../../components/as-call.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { Section } from '../account/section.tsx'

type Allowed = components['schemas']['OwnAddressList']

/** Where members and keys of the tenant may come from. */
export default function SecurityPage() {
  const { t } = useTranslation(['security', 'pages'])
  const { data, error } = useQuery({
    queryKey: ['allowed addresses'],
    queryFn: async () => (await api.GET('/v1/allowed-addresses')).data,
  })
  return (
    <Stack maw={900}>
      <PageHeader title={t('pages:security')} />
      <ProblemAlert error={error} />
      {data && (
        <Section title={t('addresses')} about={t('addressesWhy')}>
          <AllowedForm key={data.ranges.join()} allowed={data} />
        </Section>
      )}
    </Stack>
  )
}

function AllowedForm({ allowed }: { readonly allowed: Allowed }) {
  const { t } = useTranslation(['security', 'common'])
  const session = useSession()
  const mayWrite = mayOpen(session, { permission: 'tenant:write', role: 'admin' })
  const [text, setText] = useState(allowed.ranges.join('\n'))
  const ranges = text.split(/[\s,;]+/).filter((range) => range !== '')
  const saving = useMutation({
    mutationFn: () => api.PUT('/v1/allowed-addresses', { body: { ranges } }),
    onSuccess: () => notifications.show({ message: t('saved') }),
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        saving.mutate()
      }}
    >
      <Stack>
        {allowed.ranges.length === 0 && (
          <Alert color="blue" role="status">
            {t('everywhere')}
          </Alert>
        )}
        <Textarea
          label={t('ranges')}
          description={t('rangesHint')}
          autosize
          minRows={3}
          maxRows={20}
          disabled={!mayWrite}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          spellCheck={false}
          dir="ltr"
        />
        <Group gap="xs">
          <Text size="sm" c="dimmed">
            {t('yours', { address: allowed.address })}
          </Text>
          <Button
            size="compact-sm"
            variant="default"
            disabled={!mayWrite || ranges.includes(allowed.address)}
            onClick={() => setText([...ranges, allowed.address].join('\n'))}
          >
            {t('addYours')}
          </Button>
        </Group>
        <ProblemAlert error={saving.error} />
        <Group justify="space-between">
          <AsCall method="PUT" path="/v1/allowed-addresses" body={{ ranges }} />
          <Button type="submit" disabled={!mayWrite} loading={saving.isPending}>
            {t('common:save')}
          </Button>
        </Group>
        {!mayWrite && (
          <Text size="sm" c="dimmed">
            {t('mayNot')}
          </Text>
        )}
      </Stack>
    </form>
  )
}
