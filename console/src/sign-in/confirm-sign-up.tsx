import { useState } from 'react'
import { Card } from './card.tsx'
import { goToTenant } from './destination.ts'
import { CodeField, digitsOf, Field, Form, PasswordField } from './form.tsx'
import { isProblem } from './problem.tsx'
import { post } from './send.ts'
import { SignIn } from './sign-in.tsx'
import { SlugField } from './slug-field.tsx'
import { after, type Step } from './steps.ts'
import { useTask } from './use-task.ts'
import { t } from './words.ts'

/** New here, somebody who has an account, and one whose account asks for a code. */
type Owner = 'new' | 'known' | 'withCode'

/** By the link of the mail: who the first owner is, and the tenant is made. */
export function ConfirmSignUp({ token }: { readonly token: string }) {
  const task = useTask()
  const [step, setStep] = useState<Step>()
  const [owner, setOwner] = useState<Owner>('new')
  const [needsSlug, setNeedsSlug] = useState(false)
  if (step !== undefined) return <SignIn initial={step} />

  async function confirm({ name, password = '', code, slug }: Readonly<Record<string, string>>): Promise<void> {
    try {
      const optional = {
        ...(name !== undefined && { name }),
        ...(code !== undefined && { code: digitsOf(code) }),
        ...(slug !== undefined && { slug }),
      }
      const { tenant, email } = await post('/v1/sign-ups/confirm', { token, password, ...optional })
      const signedIn = await post('/v1/auth/sign-in', { email, password })
      if (signedIn.mfa === undefined) await goToTenant(tenant.id)
      setStep(await after(signedIn, { email, password }))
    } catch (error) {
      if (isProblem(error, 'slug_taken')) setNeedsSlug(true)
      // There is an account already; and if that was said, it asks for a code.
      if (!isProblem(error, 'sign_in_required')) throw error
      setOwner(owner === 'new' ? 'known' : 'withCode')
    }
  }

  return (
    <Card title={t('confirm.title')} intro={t(intros[owner])}>
      <Form task={task} submit={t('confirm.submit')} onSubmit={confirm}>
        {owner === 'new' && <Field label={t('name')} name="name" autoComplete="name" maxLength={200} autoFocus />}
        <PasswordField isNew={owner === 'new'} />
        {owner === 'withCode' && <CodeField />}
        {needsSlug && <SlugField />}
      </Form>
    </Card>
  )
}

const intros = { new: 'confirm.intro', known: 'confirm.known', withCode: 'invitation.withCode' } as const
