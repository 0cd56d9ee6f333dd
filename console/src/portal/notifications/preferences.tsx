import { Button, Checkbox, Group, Stack, Table, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { AsCall } from '../../components/as-call.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { type Preference, preferencesQuery } from './notification-queries.ts'

const channels = ['console', 'mail'] as const
type Channel = (typeof channels)[number]
type Choices = Readonly<Record<string, Readonly<Record<Channel, boolean>>>>

/** How the visitor is told of what, in this tenant. */
export function Preferences() {
  const { data, error } = useQuery(preferencesQuery)
  if (data === undefined) return <ProblemAlert error={error} />
  // What was saved elsewhere takes the place of what stood here.
  return <Form key={JSON.stringify(data)} saved={data} />
}

function Form({ saved }: { readonly saved: readonly Preference[] }) {
  const { t } = useTranslation(['notifications', 'common'])
  const [preferences, setPreferences] = useState<Choices>(() =>
    Object.fromEntries(saved.map(({ kind, console, mail }) => [kind, { console, mail }])),
  )
  const body = { preferences }
  const saving = useMutation({
    mutationFn: () => api.PUT('/v1/me/notification-preferences', { body }),
    onSuccess: () => notifications.show({ message: t('saved') }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    saving.mutate()
  }
  const toggle = (kind: string, channel: Channel) =>
    setPreferences((before) => {
      const chosen = before[kind] ?? { console: true, mail: false }
      return { ...before, [kind]: { ...chosen, [channel]: !chosen[channel] } }
    })
  const titleOf = ({ kind, title }: Preference) => t(`kinds.${kind}`, { defaultValue: title })
  return (
    <form onSubmit={submit}>
      <Stack maw={720}>
        <Text size="sm">{t('preferencesWhat')}</Text>
        <Table.ScrollContainer minWidth={420}>
          <Table aria-label={t('tabs.preferences')}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t('kind')}</Table.Th>
                {channels.map((channel) => (
                  <Table.Th key={channel} scope="col">
                    {t(`channels.${channel}`)}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {saved.map((preference) => (
                <Table.Tr key={preference.kind}>
                  <Table.Th scope="row" fw={400}>
                    {titleOf(preference)}
                  </Table.Th>
                  {channels.map((channel) => (
                    <Table.Td key={channel}>
                      <Checkbox
                        aria-label={t(`by.${channel}`, { kind: titleOf(preference) })}
                        checked={preferences[preference.kind]?.[channel] ?? false}
                        onChange={() => toggle(preference.kind, channel)}
                      />
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
        <ProblemAlert error={saving.error} />
        <Group justify="space-between">
          <AsCall method="PUT" path="/v1/me/notification-preferences" body={body} />
          <Button type="submit" loading={saving.isPending}>
            {t('common:save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
