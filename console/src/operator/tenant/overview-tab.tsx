import { Button, Group, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'
import { Age } from '../../components/age.tsx'
import { Copyable } from '../../components/copy.tsx'
import { showTime } from '../../i18n/format.ts'
import { StatusBadge } from '../tenants/tenant-badges.tsx'
import { Children, TenantLink } from './children.tsx'
import { EditTenant } from './edit-tenant.tsx'
import { Facts } from './facts.tsx'
import { Numbers } from './numbers.tsx'
import type { TabProps } from './tenant-query.ts'

export function OverviewTab({ tenant }: TabProps) {
  const { t } = useTranslation(['tenant', 'tenants', 'common'])
  const [editing, { open, close }] = useDisclosure(false)
  const { brand } = tenant
  return (
    <Stack>
      <Facts
        caption={t('tabs.overview')}
        rows={[
          [t('facts.id'), <Copyable key="id" text={tenant.id} />],
          [t('tenants:columns.slug'), tenant.slug],
          [t('tenants:columns.system'), tenant.system],
          [t('tenants:columns.tier'), tenant.tier],
          [t('tenants:columns.status'), <StatusBadge key="status" {...tenant} />],
          [t('facts.statusReason'), tenant.statusReason],
          [t('facts.statusSince'), <Age key="since" of={tenant.statusChangedAt} />],
          [t('facts.hold'), tenant.legalHold ? tenant.legalHoldReason : null],
          [t('facts.eraseAfter'), tenant.eraseAfter && showTime(tenant.eraseAfter)],
          [t('facts.brand'), brand.displayName],
          [t('facts.parent'), tenant.parent && <TenantLink key="parent" {...tenant.parent} />],
          [t('facts.children'), <Children key="children" of={tenant.slug} />],
          [t('tenants:new.timeZone'), tenant.timeZone],
          [t('tenants:new.locale'), tenant.locale],
          [t('tenants:new.billingEmail'), tenant.billingEmail],
          [t('facts.phone'), tenant.phone],
          [t('facts.subscriptionId'), tenant.subscriptionId],
          [t('tenants:columns.created'), showTime(tenant.createdAt)],
          [t('facts.changed'), <Age key="changed" of={tenant.updatedAt} />],
        ]}
      />
      <Group>
        <Button variant="default" onClick={open}>
          {t('edit.title')}
        </Button>
      </Group>
      <Numbers tenantId={tenant.id} />
      {editing && <EditTenant tenant={tenant} onClose={close} />}
    </Stack>
  )
}
