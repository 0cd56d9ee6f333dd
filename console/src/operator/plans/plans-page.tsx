import { Accordion, Anchor, Badge, Button, Group, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { usePageSearch } from '../../app/search.ts'
import { Age } from '../../components/age.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { PlanContentView } from './plan-content.tsx'
import { newestOf, type Offer, useOffers } from './plan-versions.ts'
import { SystemChoice, useSystem } from './system-choice.tsx'

export default function PlansPage() {
  const { t } = useTranslation('plan-versions')
  const [search, setSearch] = usePageSearch<'system' | 'key'>()
  const { system, systems, error: unknown } = useSystem(search.system)
  const { offers, error } = useOffers(system)
  const newest = newestOf(offers ?? [])
  return (
    <>
      <PageHeader title={t('title')} about={t('about')}>
        <SystemChoice systems={systems} value={system} onChange={(chosen) => setSearch({ system: chosen, key: undefined })} />
        <Button component={Link} to="/plans/new" search={{ system } as never}>
          {t('publish')}
        </Button>
      </PageHeader>
      <ProblemAlert error={error ?? unknown} />
      {offers && newest.length === 0 && <EmptyState title={t('none')} why={t('noneWhy')} />}
      <Accordion variant="separated" value={search.key ?? null} onChange={(key) => setSearch({ key: key ?? undefined })}>
        {newest.map((offer) => (
          <Accordion.Item key={`${offer.kind}.${offer.key}`} value={`${offer.kind}.${offer.key}`}>
            <Accordion.Control>
              <Group gap="sm">
                <Text fw={600}>{offer.content.title}</Text>
                <Badge variant="default">{offer.key}</Badge>
                {offer.kind === 'add_on' && <Badge>{t('addOn')}</Badge>}
                <Text size="sm" c="dimmed">
                  {t('version', { version: offer.version })}
                </Text>
              </Group>
            </Accordion.Control>
            <Accordion.Panel>
              <Versions offers={offers?.filter(({ kind, key }) => kind === offer.kind && key === offer.key) ?? []} />
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </>
  )
}

function Versions({ offers }: { readonly offers: readonly Offer[] }) {
  const { t } = useTranslation('plan-versions')
  return (
    <Stack>
      {offers.map((offer) => (
        <section key={offer.version} aria-label={t('version', { version: offer.version })}>
          <Group gap="sm">
            <Text fw={600}>{t('version', { version: offer.version })}</Text>
            <Text size="sm" c="dimmed">
              {t('published')} <Age of={offer.publishedAt} />
            </Text>
            <Text size="sm" c="dimmed">
              {offer.soldAt === null ? t('neverSold') : t('sold')}
            </Text>
            <Anchor
              component={Link}
              size="sm"
              to="/plans/new"
              search={{ system: offer.system, kind: offer.kind, key: offer.key, from: String(offer.version) } as never}
            >
              {t('next')}
            </Anchor>
          </Group>
          <PlanContentView offer={offer} />
        </section>
      ))}
    </Stack>
  )
}
