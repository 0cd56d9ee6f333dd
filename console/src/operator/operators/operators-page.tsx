import { Anchor, Badge, Button, Group } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconUserPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { components } from '@tenantry/client'
import { useTranslation } from 'react-i18next'
import { usePageSearch } from '../../app/search.ts'
import { Age } from '../../components/age.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { useFollowing } from '../live/following.ts'
import { InviteOperator } from './invite-operator.tsx'
import { operatorsQuery } from './operators-query.ts'

type Operator = components['schemas']['Operator']

function useColumns(): Column<Operator>[] {
  const { t } = useTranslation('operators')
  return [
    {
      name: 'name',
      title: t('name'),
      show: ({ id, name }) => (
        <Anchor component={Link} to={`/operators/${id}`}>
          {name}
        </Anchor>
      ),
    },
    { name: 'email', title: t('email'), show: ({ email }) => email },
    {
      name: 'state',
      title: t('state'),
      show: ({ disabledAt }) =>
        disabledAt === null ? <Badge variant="default">{t('active')}</Badge> : <Badge color="gray">{t('disabled')}</Badge>,
    },
    { name: 'created', title: t('since'), show: ({ createdAt }) => <Age of={createdAt} /> },
  ]
}

export default function OperatorsPage() {
  const { t } = useTranslation('operators')
  const [search, setSearch] = usePageSearch<'invite'>()
  const [opened, { open, close }] = useDisclosure(search.invite !== undefined)
  const { data, error } = useQuery({ ...operatorsQuery, ...useFollowing(['operators']) })
  const columns = useColumns()
  return (
    <>
      <PageHeader title={t('title')} about={t('about')}>
        <Group>
          <Button onClick={open} leftSection={<IconUserPlus size={16} aria-hidden />}>
            {t('invite')}
          </Button>
        </Group>
      </PageHeader>
      <ProblemAlert error={error} />
      {data && <DataTable caption={t('title')} columns={columns} rows={data} keyOf={({ id }) => id} empty={null} />}
      {opened && (
        <InviteOperator
          onClose={() => {
            close()
            setSearch({ invite: undefined })
          }}
        />
      )}
    </>
  )
}
