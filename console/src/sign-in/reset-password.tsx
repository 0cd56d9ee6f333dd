import { useState } from 'react'
import { Card } from './card.tsx'
import { EmailField, Form, PasswordField } from './form.tsx'
import { linkToken } from './link-token.ts'
import { post } from './send.ts'
import { useTask } from './use-task.ts'
import { t } from './words.ts'

/** Asks for the mail, or, by its link, for the new password. */
export function ResetPassword() {
  return linkToken === undefined ? <AskForLink /> : <ChoosePassword token={linkToken} />
}

function AskForLink() {
  const task = useTask()
  const [sentTo, setSentTo] = useState<string>()
  // The same whether or not anybody has the address.
  if (sentTo !== undefined) {
    return (
      <Card title={t('reset.sentTitle')} intro={t('reset.sent', { email: sentTo })}>
        <BackToSignIn />
      </Card>
    )
  }
  return (
    <Card title={t('reset.title')} intro={t('reset.intro')}>
      <Form
        task={task}
        submit={t('reset.submit')}
        onSubmit={async ({ email = '' }) => {
          await post('/v1/auth/reset/request', { email })
          setSentTo(email)
        }}
      >
        <EmailField autoFocus />
      </Form>
      <BackToSignIn />
    </Card>
  )
}

function ChoosePassword({ token }: { readonly token: string }) {
  const task = useTask()
  const [isDone, setDone] = useState(false)
  if (isDone) {
    return (
      <Card title={t('reset.doneTitle')} intro={t('reset.done')}>
        <BackToSignIn />
      </Card>
    )
  }
  return (
    <Card title={t('reset.chooseTitle')} intro={t('reset.choose')}>
      <Form
        task={task}
        submit={t('reset.save')}
        onSubmit={async ({ password = '' }) => {
          await post('/v1/auth/reset', { token, password })
          setDone(true)
        }}
      >
        <PasswordField isNew autoFocus />
      </Form>
      <p className="ways">
        <a href="/reset-password">{t('reset.newLink')}</a>
      </p>
    </Card>
  )
}

export function BackToSignIn() {
  return (
    <p className="ways">
      <a href="/sign-in">{t('toSignIn')}</a>
    </p>
  )
}
