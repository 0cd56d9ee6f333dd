import { Badge, SimpleGrid, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { fieldErrors } from '../../api/describe-problem.ts'
import { useWhyNot } from '../../app/why-not.ts'
import { boot } from '../../boot.ts'
import { ActButton } from '../../components/act-button.tsx'
import { AsCall } from '../../components/as-call.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { BrandFields, wordsOf } from './brand-fields.tsx'
import { BrandImages } from './brand-images.tsx'
import { BrandPreview } from './brand-preview.tsx'
import { type BrandChange, type BrandState, brandQuery, changeDraft, showPublished, useDraftAct } from './brand-queries.ts'
import { BrandVersions } from './brand-versions.tsx'
import { BrandWarnings } from './brand-warnings.tsx'

export default function BrandPage() {
  const { t } = useTranslation('brand')
  const brand = useQuery(brandQuery)
  return (
    <>
      {brand.data === undefined && <PageHeader title={t('title')} about={t('about')} />}
      <ProblemAlert error={brand.error} />
      {brand.data && <BrandEditor state={brand.data} />}
    </>
  )
}

function BrandEditor({ state: stored }: { readonly state: BrandState }) {
  const { t } = useTranslation('brand')
  const whyNot = useWhyNot()({ permission: 'brand:write', role: 'admin', wholeReach: true })
  const [words, setWords] = useState(() => wordsOf(stored.draft))
  const change = useDraftAct<BrandChange>(changeDraft)
  const state = change.isPending ? expected(stored, change.variables) : stored
  const publish = useDraftAct((_none: undefined, params) => api.POST('/v1/brand/publish', { params }))
  const discard = useDraftAct((_none: undefined, params) => api.DELETE('/v1/brand/draft', { params }))
  const unchanged = whyNot ?? (state.differs ? undefined : t('nothingDiffers'))
  const shown = {
    ...words,
    displayName: words.displayName === '' ? boot.name : words.displayName,
    footer: words.footer || String(state.inherited.footer?.value ?? ''),
    supportEmail: words.supportEmail || String(state.inherited.supportEmail?.value ?? ''),
    poweredBy: state.draft.poweredBy ?? state.inherited.poweredBy?.value !== false,
  }
  return (
    <Stack>
      <PageHeader title={t('title')} about={t('about')}>
        <Badge variant="default">{state.differs ? t('differs') : t('same')}</Badge>
        <AsCall method="POST" path="/v1/brand/publish" headers={{ 'If-Match': `"v${state.version}"` }} />
        <ActButton
          variant="default"
          whyNot={unchanged}
          onClick={() => discard.mutate(undefined, { onSuccess: ({ data }) => setWords(wordsOf(data.draft)) })}
        >
          {t('discard')}
        </ActButton>
        <ActButton
          whyNot={unchanged}
          loading={publish.isPending}
          onClick={() => publish.mutate(undefined, { onSuccess: showPublished })}
        >
          {t('publish')}
        </ActButton>
      </PageHeader>
      <ProblemAlert error={change.error ?? publish.error ?? discard.error} />
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <BrandFields
          state={state}
          words={words}
          onType={setWords}
          onChange={change.mutate}
          errors={fieldErrors(change.error)}
          disabled={whyNot !== undefined}
        />
        <Stack>
          <BrandWarnings warnings={state.warnings} />
          <BrandPreview scheme="light" state={state} words={shown} />
          <BrandPreview scheme="dark" state={state} words={shown} />
        </Stack>
      </SimpleGrid>
      <BrandImages state={state} disabled={whyNot !== undefined} />
      <BrandVersions current={state.number} whyNot={whyNot} />
    </Stack>
  )
}

/** A switch is where somebody put it, also while that is on its way. */
function expected(state: BrandState, { theme, poweredBy }: BrandChange): BrandState {
  const { theme: _theme, poweredBy: _poweredBy, ...rest } = state.draft
  const chosen = { ...pick('theme', theme, state.draft.theme), ...pick('poweredBy', poweredBy, state.draft.poweredBy) }
  return { ...state, draft: { ...rest, ...chosen } }
}

/** Null: nothing chosen any more. */
function pick<Name extends string, Value>(name: Name, change: Value | null | undefined, before: Value | undefined) {
  const value = change === null ? undefined : (change ?? before)
  return (value === undefined ? {} : { [name]: value }) as { [Each in Name]?: Value }
}
