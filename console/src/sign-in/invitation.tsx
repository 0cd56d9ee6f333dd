import { useEffect, useState } from 'react'
import { boot } from '../boot.ts'
import { Card } from './card.tsx'
import { leaveFor } from './destination.ts'
import { CodeField, digitsOf, Field, Form, PasswordField } from './form.tsx'
import { linkToken } from './link-token.ts'
import { isProblem, Problem } from './problem.tsx'
import { BackToSignIn } from './reset-password.tsx'
import { get, post } from './send.ts'
import { SignIn } from './sign-in.tsx'
import { type Step, signIn } from './steps.ts'
import { useTask } from './use-task.ts'
import { t } from './words.ts'

type Look = Awaited<ReturnType<typeof post<'/v1/invitations/look'>>>
/** New here, somebody who has an account, and one whose account asks for a code. */
type Visitor = 'new' | 'known' | 'withCode'

/** By the link of an invitation: what it is to, and joining. */
export function Invitation() {
  const [look, setLook] = useState<Look>()
  const looking = useTask()
  // biome-ignore lint/correctness/useExhaustiveDependencies: once
  useEffect(() => {
    void looking.run(async () => setLook(await post('/v1/invitations/look', { token: linkToken ?? '-' })))
  }, [])
  if (looking.error !== undefined) {
    return (
      <Card title={t('invitation.none')}>
        <Problem error={looking.error} />
        <BackToSignIn />
      </Card>
    )
  }
  return look === undefined || linkToken === undefined ? (
    <p role="status">{t('working')}</p>
  ) : (
    <Join look={look} token={linkToken} />
  )
}

function Join({ look, token }: { readonly look: Look; readonly token: string }) {
  const [visitor, setVisitor] = useState<Visitor>('new')
  const [step, setStep] = useState<Step>()
  const task = useTask()
  if (step !== undefined) return <SignIn initial={step} />
  const { tenant, invitedByName, email, role } = look
  const words = { tenant: tenant.name, by: invitedByName, email, role: t(`roles.${role}`) }

  async function join({ name, password = '', code }: Readonly<Record<string, string>>): Promise<void> {
    try {
      const body = { token, password, ...(name !== undefined && { name }), ...(code !== undefined && { code: digitsOf(code) }) }
      const { member } = await post('/v1/invitations/join', body)
      setStep(await signIn({ email: member.email, password }))
    } catch (error) {
      // There is an account already; and if that was said, it asks for a code.
      if (!isProblem(error, 'sign_in_required')) throw error
      setVisitor(visitor === 'new' ? 'known' : 'withCode')
    }
  }

  return (
    <Card title={t('invitation.title', words)} intro={t('invitation.intro', words)}>
      <AcceptSignedIn token={token} />
      {visitor === 'known' && <p role="status">{t('invitation.known')}</p>}
      {visitor === 'withCode' && <p role="status">{t('invitation.withCode')}</p>}
      <Form task={task} submit={t('invitation.submit')} onSubmit={join}>
        {visitor === 'new' && <Field label={t('name')} name="name" autoComplete="name" maxLength={200} autoFocus />}
        <PasswordField isNew={visitor === 'new'} />
        {visitor === 'withCode' && <CodeField />}
      </Form>
      <p className="ways">
        <button type="button" className="plain" onClick={() => setVisitor(visitor === 'new' ? 'known' : 'new')}>
          {t(visitor === 'new' ? 'invitation.haveAccount' : 'invitation.haveNone')}
        </button>
      </p>
    </Card>
  )
}

/** Who is signed in on this host already needs no password. */
function AcceptSignedIn({ token }: { readonly token: string }) {
  const [email, setEmail] = useState<string>()
  const task = useTask()
  useEffect(() => {
    if (!boot.hasSession) return
    get('/v1/me').then(
      (me) => setEmail(me.email),
      () => undefined,
    )
  }, [])
  if (email === undefined) return null
  return (
    <Form
      task={task}
      submit={t('invitation.acceptAs', { email })}
      onSubmit={async () => {
        await post('/v1/invitations/accept', { token })
        await leaveFor('/')
      }}
    >
      {null}
    </Form>
  )
}
