import { useState } from 'react'
import { Card } from './card.tsx'
import { goToTenant } from './destination.ts'
import { CodeField, digitsOf, EmailField, Field, Form, PasswordField } from './form.tsx'
import { isProblem } from './problem.tsx'
import { post } from './send.ts'
import { SignIn } from './sign-in.tsx'
import { SlugField } from './slug-field.tsx'
import { after, type Step } from './steps.ts'
import { useTask } from './use-task.ts'
import { t } from './words.ts'

type Typed = Readonly<Record<string, string>>

/** By the link of the mail: who the first owner is, and the tenant is made. */
export function ConfirmSignUp({ token }: { readonly token: string }) {
  const task = useTask()
  const [step, setStep] = useState<Step>()
  const [isKnown, setKnown] = useState(false)
  /** Of somebody known, whose account asks for a code. */
  const [challenge, setChallenge] = useState<string>()
  const [needsSlug, setNeedsSlug] = useState(false)
  if (step !== undefined) return <SignIn initial={step} />

  async function confirmAsNew({ name = '', password = '', slug }: Typed): Promise<void> {
    const { tenant, email } = await post('/v1/sign-ups/confirm', { token, name, password, ...(slug !== undefined && { slug }) })
    const signedIn = await post('/v1/auth/sign-in', { email, password })
    if (signedIn.mfa === undefined) await goToTenant(tenant.id)
    setStep(await after(signedIn, { email, password }))
  }

  async function confirmAsKnown({ email = '', password = '', code, slug }: Typed): Promise<void> {
    if (challenge === undefined) {
      const { mfa } = await post('/v1/auth/sign-in', { email, password })
      if (mfa !== undefined) return setChallenge(mfa.challenge)
    } else await post('/v1/auth/mfa', { challenge, code: digitsOf(code) })
    const { tenant } = await post('/v1/sign-ups/confirm-signed-in', { token, ...(slug !== undefined && { slug }) })
    await goToTenant(tenant.id)
  }

  async function confirm(typed: Typed): Promise<void> {
    try {
      await (isKnown ? confirmAsKnown(typed) : confirmAsNew(typed))
    } catch (error) {
      if (isProblem(error, 'slug_taken')) setNeedsSlug(true)
      if (isKnown || !isProblem(error, 'sign_in_required')) throw error
      setKnown(true)
    }
  }

  return (
    <Card title={t('confirm.title')} intro={t(isKnown ? 'confirm.known' : 'confirm.intro')}>
      <Form task={task} submit={t('confirm.submit')} onSubmit={confirm}>
        {isKnown ? (
          <EmailField autoFocus />
        ) : (
          <Field label={t('name')} name="name" autoComplete="name" maxLength={200} autoFocus />
        )}
        <PasswordField isNew={!isKnown} />
        {challenge !== undefined && <CodeField />}
        {needsSlug && <SlugField />}
      </Form>
    </Card>
  )
}
