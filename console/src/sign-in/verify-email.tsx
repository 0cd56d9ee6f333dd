import { useState } from 'react'
import { Card } from './card.tsx'
import { EmailField, Form } from './form.tsx'
import { linkToken } from './link-token.ts'
import { BackToSignIn } from './reset-password.tsx'
import { post } from './send.ts'
import { useTask } from './use-task.ts'
import { t } from './words.ts'

/** By a click and not by itself: programs that look into mails follow their links. */
export function VerifyEmail() {
  const task = useTask()
  const [done, setDone] = useState<'proved' | 'sent'>()
  if (done !== undefined) {
    return (
      <Card title={t(`verify.${done}Title`)} intro={t(`verify.${done}`)}>
        <BackToSignIn />
      </Card>
    )
  }
  if (linkToken === undefined) {
    return (
      <Card title={t('verify.askTitle')} intro={t('verify.ask')}>
        <Form
          task={task}
          submit={t('verify.send')}
          onSubmit={async ({ email = '' }) => {
            await post('/v1/auth/verify/request', { email })
            setDone('sent')
          }}
        >
          <EmailField autoFocus />
        </Form>
      </Card>
    )
  }
  const token = linkToken
  return (
    <Card title={t('verify.title')} intro={t('verify.intro')}>
      <Form
        task={task}
        submit={t('verify.submit')}
        onSubmit={async () => {
          await post('/v1/auth/verify', { token })
          setDone('proved')
        }}
      >
        {null}
      </Form>
    </Card>
  )
}
