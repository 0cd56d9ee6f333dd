import { Badge, Text } from '@mantine/core'
import { IconKey, IconPencil, IconRefresh, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Age, UpdatedAt } from '../../components/age.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { RowMenu } from '../../components/row-menu.tsx'
import { useNew } from '../../components/use-new.tsx'
import { usePages } from '../../components/use-pages.ts'
import { showDate, showNumber } from '../../i18n/format.ts'
import { KeyChange } from './key-change.tsx'
import { KeyDetails } from './key-details.tsx'
import { KeyForm } from './key-form.tsx'
import { type CreatedKey, type Key, listKeys, stateOf } from './key-queries.ts'
import { KeyRevocation } from './key-revocation.tsx'
import { KeyRotation } from './key-rotation.tsx'
import { NewCredential } from './new-credential.tsx'

/** When a key was last used is told to the minute; this often the page looks. */
const look = 10_000
const colours = { live: 'green', expired: 'gray', revoked: 'gray' } as const

type Act = 'details' | 'change' | 'rotate' | 'revoke'
interface Chosen {
  readonly act: Act
  readonly key: Key
}

/** What programs come with: what each may, from where, how often, and when it was last used. */
export default function KeysPage() {
  const { t } = useTranslation(['keys', 'pages'])
  const { rows, error, isPending, updatedAt, more } = usePages(['keys'], listKeys, { refetchInterval: look })
  const [chosen, setChosen] = useState<Chosen>()
  const [made, setMade] = useState<CreatedKey>()
  const adding = useNew({ permission: 'keys:write', role: 'admin' }, t('newKey'))
  const columns = useColumns(adding.whyNot, (act, key) => setChosen({ act, key }))
  const close = () => setChosen(undefined)
  return (
    <>
      <PageHeader title={t('pages:keys')} about={t('about')}>
        <UpdatedAt at={updatedAt} />
        {adding.button}
      </PageHeader>
      <ProblemAlert error={error} />
      {!isPending && !error && (
        <DataTable
          caption={t('pages:keys')}
          columns={columns}
          rows={rows}
          keyOf={({ id }) => id}
          empty={
            <EmptyState title={t('none')} why={t('noneWhy')}>
              {adding.button}
            </EmptyState>
          }
          {...more}
        />
      )}
      {adding.isOpen && (
        <KeyForm
          onClose={adding.close}
          onMade={(key) => {
            adding.close()
            setMade(key)
          }}
        />
      )}
      {chosen?.act === 'details' && <KeyDetails apiKey={chosen.key} onClose={close} />}
      {chosen?.act === 'change' && <KeyChange apiKey={chosen.key} onClose={close} />}
      {chosen?.act === 'revoke' && <KeyRevocation apiKey={chosen.key} onClose={close} />}
      {chosen?.act === 'rotate' && (
        <KeyRotation
          apiKey={chosen.key}
          onClose={close}
          onMade={(key) => {
            close()
            setMade(key)
          }}
        />
      )}
      {made && <NewCredential made={made} onClose={() => setMade(undefined)} />}
    </>
  )
}

function useColumns(whyNot: string | undefined, onAct: (act: Act, key: Key) => void): Column<Key>[] {
  const { t } = useTranslation(['keys', 'common', 'people'])
  const acts = (key: Key) => {
    const state = stateOf(key)
    const refusal = whyNot ?? (state === 'live' ? undefined : t(`over.${state}`))
    const act = (name: Act) => () => onAct(name, key)
    return [
      { label: t('details'), icon: IconKey, onClick: act('details') },
      { label: t('common:change'), icon: IconPencil, onClick: act('change'), whyNot: refusal },
      { label: t('rotate'), icon: IconRefresh, onClick: act('rotate'), whyNot: refusal },
      { label: t('revoke'), icon: IconTrash, onClick: act('revoke'), whyNot: refusal, isDangerous: true },
    ]
  }
  return [
    {
      name: 'name',
      title: t('common:name'),
      show: ({ name, publicId }) => (
        <>
          {name}
          <Text size="xs" c="dimmed" ff="monospace">
            {publicId}
          </Text>
        </>
      ),
    },
    {
      name: 'state',
      title: t('state'),
      show: (key) => (
        <Badge variant="dot" color={colours[stateOf(key)]}>
          {t(`states.${stateOf(key)}`)}
        </Badge>
      ),
    },
    {
      name: 'may',
      title: t('may'),
      show: ({ permissions, reach }) => (
        <>
          {t('people:countPermissions', { count: permissions.length })}
          {reach === 'granted' && (
            <Text size="xs" c="dimmed">
              {t('people:reach.granted')}
            </Text>
          )}
        </>
      ),
    },
    {
      name: 'rate',
      title: t('rate'),
      align: 'end',
      show: ({ requestsPerHour }) => (requestsPerHour === null ? t('usualRate') : showNumber(requestsPerHour)),
    },
    {
      name: 'used',
      title: t('lastUsed'),
      show: ({ lastUsedAt }) => (lastUsedAt === null ? t('common:never') : <Age of={lastUsedAt} />),
    },
    {
      name: 'ends',
      title: t('ends'),
      show: ({ expiresAt }) => (expiresAt === null ? t('common:never') : showDate(expiresAt)),
    },
    {
      name: 'actions',
      title: t('common:actions'),
      align: 'end',
      show: (key) => <RowMenu name={key.name} acts={acts(key)} />,
    },
  ]
}
