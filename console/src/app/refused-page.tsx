import { Button } from '@mantine/core'
import { Link, useMatches } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../components/empty-state.tsx'
import { PageHeader } from '../components/page-header.tsx'
import type { Page } from './page.ts'
import { may, useSession } from './session.ts'

/** The page that the address names. */
export function useOpenPage(): Page | undefined {
  return useMatches({ select: (matches) => (matches.at(-1)?.staticData as { readonly page?: Page } | undefined)?.page })
}

/** In place of a page that the visitor may not open: what it takes, without asking the server for what it would refuse. */
export function RefusedPage({ page: { name, permission, role, wholeReach = false } }: { readonly page: Page }) {
  const { t } = useTranslation(['common', 'pages'])
  const session = useSession()
  const why = () => {
    if (permission !== undefined && !may(session, permission)) return t('refused.permission', { permission })
    return wholeReach && session.reach === 'granted' ? t('whyNot.reach') : t('refused.role', { role })
  }
  return (
    <>
      <PageHeader title={t(`pages:${name}`)} />
      <EmptyState title={t('refused.title')} why={why()}>
        <Button component={Link} to="/" variant="default">
          {t('missing.back')}
        </Button>
      </EmptyState>
    </>
  )
}
