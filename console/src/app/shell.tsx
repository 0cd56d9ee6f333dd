import { AppShell, Burger, Group, NavLink, ScrollArea, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Link, Outlet, useLocation } from '@tanstack/react-router'
import { type ReactNode, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { BrandMark } from './brand-mark.tsx'
import type { Page } from './page.ts'
import { PageFooter } from './page-footer.tsx'
import { Waiting } from './waiting.tsx'

export interface ShellProps {
  /** In the menu, in this order. */
  readonly pages: readonly Page[]
  /** Above everything: the notice that an operator acts here. */
  readonly banner?: ReactNode
  /** At the end of the header: search, notifications, the visitor's own menu. */
  readonly tools?: ReactNode
  /** In place of the page. */
  readonly refusal?: ReactNode
}

export function Shell({ pages, banner, tools, refusal }: ShellProps) {
  const { t } = useTranslation(['common', 'pages'])
  const [isOpen, { toggle, close }] = useDisclosure(false)
  const { pathname } = useLocation()
  const groups = Map.groupBy(
    pages.filter(({ icon }) => icon !== undefined),
    ({ group }) => group,
  )
  return (
    <>
      <a className="skip-link" href="#content">
        {t('skip')}
      </a>
      {banner}
      <AppShell header={{ height: 56 }} navbar={{ width: 240, breakpoint: 'sm', collapsed: { mobile: !isOpen } }} padding="md">
        <AppShell.Header px="md">
          <Group h="100%" justify="space-between" wrap="nowrap">
            <Group wrap="nowrap" gap="sm">
              <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t('menu')} aria-expanded={isOpen} />
              <BrandMark />
            </Group>
            <Group wrap="nowrap" gap="xs">
              {tools}
            </Group>
          </Group>
        </AppShell.Header>
        <AppShell.Navbar p="xs" aria-label={t('menu')}>
          <ScrollArea type="auto">
            {[...groups].map(([group, members]) => (
              <div key={group ?? ''}>
                {group !== undefined && (
                  <Text size="xs" fw={600} c="dimmed" px="sm" pt="md" pb={4}>
                    {t(`pages:groups.${group}`)}
                  </Text>
                )}
                {members.map(({ path, name, title, icon: Icon }) => (
                  <NavLink
                    key={path}
                    component={Link}
                    to={path}
                    label={title ?? t(`pages:${name}`)}
                    leftSection={Icon && <Icon size={18} aria-hidden />}
                    active={path === '/' ? pathname === '/' : pathname === path || pathname.startsWith(`${path}/`)}
                    aria-current={pathname === path ? 'page' : undefined}
                    onClick={close}
                  />
                ))}
              </div>
            ))}
          </ScrollArea>
        </AppShell.Navbar>
        <AppShell.Main id="content" tabIndex={-1}>
          <Suspense fallback={<Waiting />}>{refusal ?? <Outlet />}</Suspense>
          <PageFooter />
        </AppShell.Main>
      </AppShell>
    </>
  )
}
