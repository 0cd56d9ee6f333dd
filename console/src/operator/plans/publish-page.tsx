import { Button, Group, SegmentedControl, Stack, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { usePageSearch } from '../../app/search.ts'
import { AsCall } from '../../components/as-call.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { type AddOnVersion, type Offer, type PlanVersion, useOffers } from './plan-versions.ts'
import { SystemChoice, useSystem } from './system-choice.tsx'

const newPlan = { title: '', features: [], limits: {}, values: {}, prices: null, trialDays: null, selfService: false }
const newAddOn = { title: '', features: [], limits: {}, prices: { currency: 'GBP', monthly: null, yearly: null, once: null } }

/** The next version of the plan that the address names, or a new one. Its form appears once what it begins with is there. */
export default function PublishPage() {
  const { t } = useTranslation('plan-versions')
  const [search] = usePageSearch<'system' | 'kind' | 'key' | 'from'>()
  const { system, systems, error: unknown } = useSystem(search.system)
  const { offers, error } = useOffers(system)
  const from = offers?.find(
    ({ kind, key, version }) => kind === search.kind && key === search.key && String(version) === search.from,
  )
  return (
    <>
      <PageHeader title={t('publish')} about={t('publishAbout')} />
      <ProblemAlert error={unknown ?? error} />
      {offers && <PublishForm key={system} system={system} systems={systems} from={from} />}
    </>
  )
}

interface PublishFormProps {
  readonly system: string
  readonly systems: readonly { readonly name: string; readonly title: string }[]
  readonly from: Offer | undefined
}

function PublishForm({ system, systems, from }: PublishFormProps) {
  const { t } = useTranslation('plan-versions')
  const navigate = useNavigate()
  const [, setSearch] = usePageSearch<'system'>()
  const [kind, setKind] = useState<Offer['kind']>(from?.kind ?? 'plan')
  const [key, setKey] = useState(from?.key ?? '')
  const [text, setText] = useState(JSON.stringify(from?.content ?? newPlan, null, 2))
  const content = parse(text)
  const place = kind === 'plan' ? 'plans' : 'add-ons'
  const publish = useMutation({
    mutationFn: async () => {
      const params = { path: { system, key }, header: { 'Idempotency-Key': crypto.randomUUID() } }
      if (kind === 'plan')
        return api.POST('/v1/systems/{system}/plans/{key}', { params, body: content as PlanVersion['content'] })
      return api.POST('/v1/systems/{system}/add-ons/{key}', { params, body: content as AddOnVersion['content'] })
    },
    onSuccess: () =>
      void navigate({ href: `/plans?system=${encodeURIComponent(system)}&key=${kind}.${encodeURIComponent(key)}` }),
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        publish.mutate()
      }}
    >
      <Stack maw={720}>
        <SystemChoice systems={systems} value={system} onChange={(chosen) => setSearch({ system: chosen })} />
        <SegmentedControl
          aria-label={t('kind')}
          value={kind}
          onChange={(chosen) => {
            setKind(chosen as Offer['kind'])
            if (from === undefined) setText(JSON.stringify(chosen === 'plan' ? newPlan : newAddOn, null, 2))
          }}
          disabled={from !== undefined}
          data={[
            { value: 'plan', label: t('plan') },
            { value: 'add_on', label: t('addOn') },
          ]}
        />
        <TextInput
          label={t('key')}
          description={t('keyHint')}
          required
          pattern="[a-z][a-z0-9_\-]*"
          maxLength={63}
          value={key}
          readOnly={from !== undefined}
          onChange={(event) => setKey(event.currentTarget.value)}
        />
        <Textarea
          label={t('content')}
          description={t('contentHint')}
          required
          autosize
          minRows={14}
          maxRows={40}
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={content === undefined ? t('noJson') : undefined}
        />
        <ProblemAlert error={publish.error} />
        <Group justify="flex-end">
          <AsCall
            method="POST"
            path={`/v1/systems/${system}/${place}/${key}`}
            headers={{ 'Idempotency-Key': 'publish-1' }}
            body={content}
          />
          <Button type="submit" loading={publish.isPending} disabled={content === undefined || key === ''}>
            {t('publish')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Undefined for what is no JSON object; the server says what is wrong with one that is. */
function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
