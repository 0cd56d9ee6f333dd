import { Badge, Button, Card, Group, PasswordInput, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { may, useSession } from '../../app/session.ts'
import { Age } from '../../components/age.tsx'
import { AsCall } from '../../components/as-call.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { useProblemWords } from '../../components/use-problem-words.ts'
import { locale } from '../../i18n/i18n.ts'
import { FieldInput } from '../views/field-input.tsx'
import { IntegrationTest } from './integration-test.tsx'
import { SettingHistory } from './setting-history.tsx'
import { useSettingTitles } from './setting-titles.ts'
import type { Setting } from './settings-page.tsx'

/** One setting: what holds, another value for it, and the way back to the default. A secret can be set and never be seen. */
export function SettingField({ setting }: { readonly setting: Setting }) {
  const { t } = useTranslation(['settings', 'common'])
  const inWords = useProblemWords()
  const titleOf = useSettingTitles()
  const session = useSession()
  const [value, setValue] = useState(setting.secret ? '' : setting.value)
  const [isHistory, setHistory] = useState(false)
  const { key, version, secret, isSet, schema, fingerprint, changedAt } = setting
  const title = titleOf(setting)
  const mayWrite = may(session, 'settings:write') && may(session, setting.permission) && session.reach === 'all'
  const params = { path: { key }, header: { 'If-Match': `"v${version}"` } }
  const saving = useMutation({ mutationFn: () => api.PUT('/v1/settings/{key}', { params, body: { value } }) })
  const resetting = useMutation({ mutationFn: () => api.DELETE('/v1/settings/{key}', { params }) })
  const problem = saving.error ? inWords(saving.error) : undefined
  const isSame = secret ? value === '' : JSON.stringify(value) === JSON.stringify(setting.value)
  const field = {
    name: key,
    title: { en: title, [locale]: title },
    schema,
    required: false,
    nullable: false,
    immutable: false,
    managed: false,
    references: null,
  }
  const integration = /^integration\.(.+)\.url$/.exec(key)?.[1]
  return (
    <Card withBorder component="section" aria-label={title} data-setting={key}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          saving.mutate()
        }}
      >
        <Stack gap="xs">
          {secret ? (
            <PasswordInput
              label={title}
              description={isSet && fingerprint !== null ? t('fingerprint', { fingerprint }) : t('secret')}
              disabled={!mayWrite}
              autoComplete="off"
              visibilityToggleButtonProps={{ 'aria-label': t('show'), tabIndex: 0 }}
              value={String(value)}
              onChange={(event) => setValue(event.currentTarget.value)}
              error={problem?.fields[0]?.message}
            />
          ) : (
            <FieldInput
              field={field}
              value={value}
              onChange={setValue}
              disabled={!mayWrite}
              error={problem?.fields[0]?.message}
            />
          )}
          {problem?.fields.length === 0 && <ProblemAlert error={saving.error} />}
          <ProblemAlert error={resetting.error} />
          <Group justify="space-between">
            <Group gap="xs">
              <Badge variant="default">{isSet ? t('own') : t('default')}</Badge>
              {changedAt !== null && (
                <Text size="xs" c="dimmed">
                  {t('changed')} <Age of={changedAt} />
                </Text>
              )}
            </Group>
            <Group gap="xs">
              {!secret && <AsCall method="PUT" path={`/v1/settings/${key}`} body={{ value }} headers={params.header} />}
              <Button variant="subtle" size="compact-sm" onClick={() => setHistory(true)}>
                {t('history')}
              </Button>
              <Button
                variant="default"
                size="compact-sm"
                disabled={!mayWrite || !isSet}
                loading={resetting.isPending}
                onClick={() => resetting.mutate()}
              >
                {t('reset')}
              </Button>
              <Button type="submit" size="compact-sm" disabled={!mayWrite || isSame || value === null} loading={saving.isPending}>
                {t('common:save')}
              </Button>
            </Group>
          </Group>
          {!mayWrite && (
            <Text size="xs" c="dimmed">
              {t('mayNot', { permission: setting.permission })}
            </Text>
          )}
          {integration !== undefined && <IntegrationTest name={integration} isSet={isSet} mayWrite={mayWrite} />}
        </Stack>
      </form>
      {isHistory && <SettingHistory setting={setting} title={title} onClose={() => setHistory(false)} />}
    </Card>
  )
}
