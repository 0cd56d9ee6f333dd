import { useState } from 'react'
import { Card } from './card.tsx'
import { Form, PasswordField } from './form.tsx'
import { linkToken } from './link-token.ts'
import { post } from './send.ts'
import { SignIn } from './sign-in.tsx'
import { type Step, signIn } from './steps.ts'
import { useTask } from './use-task.ts'
import { t } from './words.ts'

/** An operator's first visit: a password by his link, then the second factor without which he gets nowhere. */
export function AcceptOperator() {
  const task = useTask()
  const [step, setStep] = useState<Step>()
  if (step !== undefined) return <SignIn initial={step} />
  return (
    <Card title={t('operator.title')} intro={t('operator.intro')}>
      <Form
        task={task}
        submit={t('operator.submit')}
        onSubmit={async ({ password = '' }) => {
          const { email, secondFactor } = await post('/v1/operators/accept', { token: linkToken ?? '', password })
          const typed = { email, password }
          // The first one is set up in the session that the link began: signing in would begin another.
          setStep(secondFactor ? await signIn(typed) : { kind: 'enrol', typed })
        }}
      >
        <PasswordField isNew autoFocus />
      </Form>
    </Card>
  )
}
