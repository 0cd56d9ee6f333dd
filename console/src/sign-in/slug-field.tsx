import { useEffect, useState } from 'react'
import { boot } from '../boot.ts'
import { Field } from './form.tsx'
import { get } from './send.ts'
import { t } from './words.ts'

type State = 'unknown' | 'free' | 'taken' | 'unfit'
/** Milliseconds of stillness before the server is asked: an address has few questions without signing in. */
const patience = 700

/** The name that the tenant's address begins with, and whether it can be had. What is asked when the form is sent decides. */
export function SlugField({ suggestion = '' }: { readonly suggestion?: string }) {
  const [typed, setTyped] = useState<string>()
  const [state, setState] = useState<State>('unknown')
  const slug = typed ?? suggestion
  useEffect(() => {
    setState('unknown')
    if (slug === '') return
    let isOver = false
    const timer = setTimeout(async () => {
      const found = await get('/v1/sign-ups/slug', { slug }).then(
        ({ available }): State => (available ? 'free' : 'taken'),
        (error: { status?: number }): State => (error.status === 400 ? 'unfit' : 'unknown'),
      )
      if (!isOver) setState(found)
    }, patience)
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [slug])
  return (
    <>
      <Field
        label={t('signUp.slug')}
        name="slug"
        hint={t('signUp.slugHint', { host: `${slug === '' ? t('signUp.slugExample') : slug}.${new URL(boot.base).host}` })}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={40}
        dir="ltr"
        value={slug}
        onChange={({ target }) => setTyped(target.value.toLowerCase())}
      />
      <p className={`availability ${state}`} role="status">
        {state === 'unknown' ? '' : t(`signUp.${state}`)}
      </p>
    </>
  )
}
