import { Anchor, Group, Tabs, Text } from '@mantine/core'
import { IconExternalLink } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { type ComponentType, lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { usePageSearch } from '../../app/search.ts'
import { Waiting } from '../../app/waiting.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { useFollowing } from '../live/following.ts'
import { LiveMark } from '../live/live-mark.tsx'
import { StatusBadge } from '../tenants/tenant-badges.tsx'
import { EnterTenant } from './inside.tsx'
import { LifecycleMenu } from './lifecycle-menu.tsx'
import { OverviewTab } from './overview-tab.tsx'
import { type TabProps, tenantQuery } from './tenant-query.ts'

/** All but the first show what is inside the tenant, and so ask why. */
const insideTabs = {
  members: lazy(() => import('./members-tab.tsx')),
  quotas: lazy(() => import('./quotas-tab.tsx')),
  usage: lazy(() => import('./usage-tab.tsx')),
  settings: lazy(() => import('./settings-tab.tsx')),
  keys: lazy(() => import('./keys-tab.tsx')),
  domains: lazy(() => import('./domains-tab.tsx')),
  billing: lazy(() => import('./billing-tab.tsx')),
  audit: lazy(() => import('./audit-tab.tsx')),
  health: lazy(() => import('./health-tab.tsx')),
} as const satisfies Record<string, ComponentType<TabProps>>
type InsideTab = keyof typeof insideTabs

export default function TenantPage() {
  const { t } = useTranslation('tenant')
  const { tenantId = '' } = useParams({ strict: false }) as { tenantId?: string }
  const [{ tab }, setSearch] = usePageSearch<'tab'>()
  const following = useFollowing(['tenants'], tenantId)
  const { data: tenant, error, dataUpdatedAt } = useQuery({ ...tenantQuery(tenantId), ...following })
  if (tenant === undefined) return <ProblemAlert error={error} />
  const shown = tab !== undefined && Object.hasOwn(insideTabs, tab) ? (tab as InsideTab) : undefined
  const Inside = shown && insideTabs[shown]
  return (
    <>
      <PageHeader title={tenant.name}>
        <LiveMark at={dataUpdatedAt} />
        <LifecycleMenu tenant={tenant} />
      </PageHeader>
      <Group gap="sm" mb="md">
        <StatusBadge {...tenant} />
        <Text size="sm" c="dimmed">
          {t('onPlan', { system: tenant.system, plan: tenant.tier })}
        </Text>
        <Anchor size="sm" href={portalOf(tenant.slug)} target="_blank" rel="noreferrer">
          {t('portal')} <IconExternalLink size={14} aria-hidden />
        </Anchor>
      </Group>
      <ProblemAlert error={error} />
      <Tabs
        value={shown ?? 'overview'}
        onChange={(name) => setSearch({ tab: name === 'overview' ? undefined : (name ?? undefined) })}
        activateTabWithKeyboard={false}
      >
        <Tabs.List mb="md">
          {['overview', ...Object.keys(insideTabs)].map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`tabs.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={shown ?? 'overview'}>
          {Inside ? (
            <EnterTenant key={tenantId} tenantId={tenantId} name={tenant.name}>
              <Suspense fallback={<Waiting />}>
                <Inside tenant={tenant} />
              </Suspense>
            </EnterTenant>
          ) : (
            <OverviewTab tenant={tenant} />
          )}
        </Tabs.Panel>
      </Tabs>
    </>
  )
}

/** Beside the operators' own host: `dashboard.example.com` -> `northwind.example.com`. */
function portalOf(slug: string): string {
  return `${location.protocol}//${location.host.replace(/^[^.]+/, slug)}/`
}
