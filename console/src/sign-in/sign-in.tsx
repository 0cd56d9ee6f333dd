import { useEffect, useState } from 'react'
import { boot } from '../boot.ts'
import { Card } from './card.tsx'
import { ChooseTenant, Elsewhere } from './choose-tenant.tsx'
import { CodeStep } from './code-step.tsx'
import { DemoPeople } from './demo-people.tsx'
import { isBareDomain, openTenants } from './destination.ts'
import { Enrol } from './enrol.tsx'
import { EmailField, Form, PasswordField } from './form.tsx'
import { canUsePasskeys, signInByPasskey, wasGivenUp } from './passkey.ts'
import { after, type Step, signIn } from './steps.ts'
import { useTask } from './use-task.ts'
import { t } from './words.ts'

const first: Step = { kind: 'password' }

/** Everything from the first field to the page that somebody wanted; `initial` where another page did the first part. */
export function SignIn({ initial = first }: { readonly initial?: Step }) {
  const [step, setStep] = useState<Step>(initial)
  useEffect(() => {
    // On the bare domain there is somewhere to go for who is signed in already; elsewhere only who is not comes here.
    if (boot.hasSession && isBareDomain && initial === first) {
      openTenants().then(
        (tenants) => setStep({ kind: 'choose', tenants }),
        () => undefined,
      )
    }
  }, [initial])
  switch (step.kind) {
    case 'code':
      return <CodeStep {...step} onStep={setStep} />
    case 'choose':
      return <ChooseTenant tenants={step.tenants} onStep={setStep} />
    case 'elsewhere':
      return <Elsewhere tenant={step.tenant} />
    case 'enrol':
      return <Enrol typed={step.typed} onStep={setStep} />
    case 'password':
      return <PasswordStep onStep={setStep} />
  }
}

function PasswordStep({ onStep }: { readonly onStep: (step: Step) => void }) {
  const task = useTask()
  const byPasskey = () =>
    task.run(async () => {
      try {
        onStep(await after(await signInByPasskey()))
      } catch (error) {
        if (!wasGivenUp(error)) throw error
      }
    })
  return (
    <>
      <Card title={t('signIn.title', { name: boot.name })}>
        <Form
          task={task}
          submit={t('signIn.submit')}
          onSubmit={async ({ email = '', password = '' }) => onStep(await signIn({ email, password }))}
        >
          <EmailField autoFocus />
          <PasswordField />
        </Form>
        <button
          type="button"
          className="second"
          aria-disabled={!canUsePasskeys || task.isBusy}
          aria-describedby={canUsePasskeys ? undefined : 'no-passkey'}
          onClick={() => canUsePasskeys && !task.isBusy && void byPasskey()}
        >
          {t('signIn.passkey')}
        </button>
        {!canUsePasskeys && (
          <p id="no-passkey" className="hint">
            {t('signIn.noPasskey')}
          </p>
        )}
        <p className="ways">
          <a href="/reset-password">{t('signIn.forgotten')}</a>
          {isBareDomain && boot.signUp !== undefined && <a href="/sign-up">{t('signIn.signUp')}</a>}
        </p>
      </Card>
      <DemoPeople />
    </>
  )
}
