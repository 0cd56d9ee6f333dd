import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { fieldErrors } from '../../api/describe-problem.ts'
import { AsCall } from '../../components/as-call.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { ParentField } from '../tenants/parent-field.tsx'
import type { Tenant } from './tenant-query.ts'

export function EditTenant({ tenant, onClose }: { readonly tenant: Tenant; readonly onClose: () => void }) {
  const { t } = useTranslation(['tenant', 'tenants', 'common'])
  const { id, version } = tenant
  const stored = {
    name: tenant.name,
    slug: tenant.slug,
    timeZone: tenant.timeZone,
    locale: tenant.locale,
    billingEmail: tenant.billingEmail ?? '',
    phone: tenant.phone ?? '',
    parent: tenant.parent?.slug ?? '',
  }
  const form = useForm({ initialValues: stored })
  // Only what was changed is sent: what somebody else changed meanwhile is not put back.
  const body = Object.fromEntries(
    Object.entries(form.values)
      .filter(([name, value]) => value !== stored[name as keyof typeof stored])
      .map(([name, value]) => [name, value === '' ? null : value]),
  )
  const save = useMutation({
    mutationFn: () =>
      api.PATCH('/v1/tenants/{tenantId}', { params: { path: { tenantId: id }, header: { 'If-Match': `"v${version}"` } }, body }),
    onSuccess: onClose,
    onError: (error) => form.setErrors(fieldErrors(error)),
  })
  return (
    <Modal opened onClose={onClose} title={t('edit.title')} closeButtonProps={{ 'aria-label': t('common:close') }}>
      <form onSubmit={form.onSubmit(() => save.mutate())}>
        <Stack>
          <TextInput label={t('tenants:columns.name')} required maxLength={200} {...form.getInputProps('name')} />
          <TextInput
            label={t('tenants:columns.slug')}
            description={t('edit.slug')}
            required
            maxLength={40}
            {...form.getInputProps('slug')}
          />
          <TextInput label={t('tenants:new.timeZone')} required {...form.getInputProps('timeZone')} />
          <TextInput label={t('tenants:new.locale')} required {...form.getInputProps('locale')} />
          <TextInput label={t('tenants:new.billingEmail')} type="email" {...form.getInputProps('billingEmail')} />
          <TextInput label={t('facts.phone')} type="tel" {...form.getInputProps('phone')} />
          <ParentField
            value={form.values.parent}
            onChange={(slug) => form.setFieldValue('parent', slug)}
            error={form.errors.parent}
            known={tenant.parent ?? undefined}
          />
          <ProblemAlert error={save.error} />
          <Group justify="space-between">
            <AsCall method="PATCH" path={`/v1/tenants/${id}`} body={body} headers={{ 'If-Match': `"v${version}"` }} />
            <Button type="submit" loading={save.isPending} disabled={Object.keys(body).length === 0}>
              {t('common:save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
