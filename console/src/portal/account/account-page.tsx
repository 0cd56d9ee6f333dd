import { Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { isActing } from '../acting/acting-session.ts'
import { NameCard } from './name-card.tsx'
import { PasskeyCard } from './passkey-card.tsx'
import { PasswordCard } from './password-card.tsx'
import { SecondFactorCard } from './second-factor-card.tsx'
import { SessionCard } from './session-card.tsx'

/** The visitor himself, in whatever tenants he is: an operator who acts as him is not him. */
export default function AccountPage() {
  const { t } = useTranslation(['account', 'pages'])
  if (!isActing()) return <OwnAccount />
  return (
    <>
      <PageHeader title={t('pages:account')} />
      <EmptyState title={t('notYours')} why={t('notYoursWhy')} />
    </>
  )
}

function OwnAccount() {
  const { t } = useTranslation(['account', 'pages'])
  const { data: me, error } = useQuery({ queryKey: ['me'], queryFn: async () => (await api.GET('/v1/me')).data })
  return (
    <Stack maw={900}>
      <PageHeader title={t('pages:account')} {...(me && { about: me.email })} />
      <ProblemAlert error={error} />
      {me && (
        <>
          <NameCard me={me} />
          <PasswordCard />
          <SecondFactorCard me={me} />
          <PasskeyCard />
          <SessionCard />
        </>
      )}
    </Stack>
  )
}
