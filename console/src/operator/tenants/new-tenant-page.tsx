import { Button, Group, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { fieldErrors } from '../../api/describe-problem.ts'
import { AsCall } from '../../components/as-call.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { ParentField } from './parent-field.tsx'
import { planVersionsQuery, systemsQuery } from './systems.ts'

const defaults = { name: '', slug: '', system: '', tier: '', timeZone: 'UTC', locale: 'en-US', billingEmail: '', parent: '' }

const timeZones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]

/** A slug as people would write it: `Müller & Söhne` -> `muller-sohne`. The server judges it. */
function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40)
}

export default function NewTenantPage() {
  const { t } = useTranslation(['tenants', 'common'])
  const navigate = useNavigate()
  const systems = useQuery(systemsQuery)
  const form = useForm({ initialValues: defaults })
  const system = form.values.system || (systems.data?.length === 1 ? (systems.data[0]?.name ?? '') : '')
  const plans = useQuery({ ...planVersionsQuery(system), enabled: system !== '' })
  const titles = new Map(plans.data?.plans.map(({ key, content }) => [key, content.title ?? key] as const).reverse())
  const { tier, billingEmail, parent, ...given } = form.values
  const body = { ...given, system, ...(tier && { tier }), ...(billingEmail && { billingEmail }), ...(parent && { parent }) }
  const create = useMutation({
    mutationFn: () => api.POST('/v1/tenants', { body, params: { header: { 'Idempotency-Key': crypto.randomUUID() } } }),
    onSuccess: ({ data }) => void navigate({ to: `/tenants/${data.id}` }),
    onError: (error) => form.setErrors(fieldErrors(error)),
  })
  const command = [
    'tenant create',
    body.slug,
    '--name',
    JSON.stringify(body.name),
    '--system',
    body.system,
    ...(parent ? ['--parent', parent] : []),
  ]
  return (
    <>
      <PageHeader title={t('new.title')} about={t('new.about')} />
      <form onSubmit={form.onSubmit(() => create.mutate())}>
        <Stack maw={520}>
          <TextInput
            label={t('columns.name')}
            required
            maxLength={200}
            {...form.getInputProps('name')}
            onChange={({ currentTarget: { value } }) => {
              if (form.values.slug === slugOf(form.values.name)) form.setFieldValue('slug', slugOf(value))
              form.setFieldValue('name', value)
            }}
          />
          <TextInput
            label={t('columns.slug')}
            description={t('new.slug')}
            required
            maxLength={40}
            {...form.getInputProps('slug')}
          />
          <Select
            label={t('columns.system')}
            required
            data={systems.data?.map(({ name, title }) => ({ value: name, label: title })) ?? []}
            {...form.getInputProps('system')}
            value={system || null}
            onChange={(value) => form.setValues({ system: value ?? '', tier: '' })}
          />
          <Select
            label={t('columns.tier')}
            description={t('new.tier')}
            disabled={system === ''}
            clearable
            clearButtonProps={{ 'aria-label': t('clear') }}
            data={[...titles].map(([value, label]) => ({ value, label }))}
            {...form.getInputProps('tier')}
            value={tier || null}
            onChange={(value) => form.setFieldValue('tier', value ?? '')}
          />
          <Select
            label={t('new.timeZone')}
            searchable
            data={timeZones}
            allowDeselect={false}
            {...form.getInputProps('timeZone')}
          />
          <TextInput label={t('new.locale')} description={t('new.localeHint')} {...form.getInputProps('locale')} />
          <TextInput label={t('new.billingEmail')} type="email" {...form.getInputProps('billingEmail')} />
          <ParentField value={parent} onChange={(slug) => form.setFieldValue('parent', slug)} error={form.errors.parent} />
          <ProblemAlert error={create.error ?? systems.error} />
          <Group justify="space-between">
            <AsCall
              method="POST"
              path="/v1/tenants"
              body={body}
              headers={{ 'Idempotency-Key': '<uuid>' }}
              command={command.join(' ')}
            />
            <Button type="submit" loading={create.isPending}>
              {t('common:create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </>
  )
}
