import { Menu } from '@mantine/core'
import { IconUser } from '@tabler/icons-react'
import { Link, Outlet } from '@tanstack/react-router'
import { Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { OwnMenu } from '../app/own-menu.tsx'
import { RefusedPage, useOpenPage } from '../app/refused-page.tsx'
import { mayOpen, sessionQuery, useSession } from '../app/session.ts'
import { Shell } from '../app/shell.tsx'
import { startApp } from '../app/start.tsx'
import { PaletteButton } from '../palette/palette-button.tsx'
import { ActingOverPage } from './acting/acting-over-page.tsx'
import { actingPath, beginTab, isActing } from './acting/acting-session.ts'
import { ActingBanner } from './acting-banner.tsx'
import { NotificationBell } from './notifications/notification-bell.tsx'
import { portalPages } from './pages.ts'
import { TenantSwitcher } from './tenant-switcher.tsx'
import { menuOf } from './views/view-menu.ts'
import { useViews, viewsQuery } from './views/views-query.ts'

function PortalShell() {
  const { t } = useTranslation('pages')
  const session = useSession()
  const open = useOpenPage()
  const refusal = open !== undefined && !mayOpen(session, open) ? <RefusedPage page={open} /> : undefined
  const [first, ...others] = portalPages.filter((page) => mayOpen(session, page))
  const pages = [...(first ? [first] : []), ...menuOf(useViews()), ...others]
  const banner = (
    <Suspense>
      <ActingBanner />
    </Suspense>
  )
  const tools = (
    <>
      <TenantSwitcher />
      <PaletteButton pages={pages} />
      {!isActing() && <NotificationBell />}
      <OwnMenu name={session.name}>
        {!isActing() && (
          <Menu.Item component={Link} to="/account" leftSection={<IconUser size={16} aria-hidden />}>
            {t('account')}
          </Menu.Item>
        )}
      </OwnMenu>
    </>
  )
  return <Shell pages={pages} banner={banner} tools={tools} refusal={refusal} />
}

const beginning = await beginTab()
if (beginning.kind === 'over') {
  const load = async () => ({ default: () => <ActingOverPage problem={beginning.problem} /> })
  await startApp([{ path: actingPath, name: 'acting', words: ['acting'], load }], Outlet)
} else {
  await startApp(portalPages, PortalShell, [sessionQuery, viewsQuery])
}
