import { useState } from 'react'
import { boot } from '../boot.ts'
import { Card } from './card.tsx'
import { ConfirmSignUp } from './confirm-sign-up.tsx'
import { isBareDomain } from './destination.ts'
import { EmailField, Field, Form } from './form.tsx'
import { linkToken } from './link-token.ts'
import { BackToSignIn } from './reset-password.tsx'
import { post } from './send.ts'
import { SlugField } from './slug-field.tsx'
import { useTask } from './use-task.ts'
import { t } from './words.ts'

/** A tenant of one's own: asked for here, made by the link of the mail. Only on the bare domain, where the system is open. */
export function SignUp() {
  if (isBareDomain && linkToken !== undefined) return <ConfirmSignUp token={linkToken} />
  if (!isBareDomain || boot.signUp === undefined) {
    return (
      <Card title={t('signUp.closedTitle')} intro={t('signUp.closed')}>
        <BackToSignIn />
      </Card>
    )
  }
  return <AskForTenant systems={boot.signUp} />
}

function AskForTenant({ systems }: { readonly systems: NonNullable<typeof boot.signUp> }) {
  const task = useTask()
  const [sentTo, setSentTo] = useState<string>()
  const [tenantName, setTenantName] = useState('')
  const asked = new URLSearchParams(location.search).get('system')
  const first = systems.find(({ system }) => system === asked) ?? systems[0]
  if (sentTo !== undefined) return <Card title={t('signUp.sentTitle')} intro={t('signUp.sent', { email: sentTo })} />
  return (
    <Card title={t('signUp.title')} intro={t('signUp.intro')}>
      <Form
        task={task}
        submit={t('signUp.submit')}
        onSubmit={async ({ email = '', system = first?.system ?? '', slug = '', tenantName: name = '' }) => {
          await post('/v1/sign-ups', { email, system, slug, tenantName: name })
          setSentTo(email)
        }}
      >
        {systems.length > 1 && (
          <div className="field">
            <label htmlFor="system">{t('signUp.system')}</label>
            <select id="system" name="system" defaultValue={first?.system}>
              {systems.map(({ system, title }) => (
                <option key={system} value={system}>
                  {title}
                </option>
              ))}
            </select>
          </div>
        )}
        <Field
          label={t('signUp.tenantName')}
          name="tenantName"
          autoComplete="organization"
          maxLength={200}
          autoFocus
          value={tenantName}
          onChange={({ target }) => setTenantName(target.value)}
        />
        <SlugField suggestion={slugOf(tenantName)} />
        <EmailField />
      </Form>
      <BackToSignIn />
    </Card>
  )
}

/** `Müller & Söhne` -> `muller-sohne` */
export function slugOf(name: string): string {
  const plain = name.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
  return plain
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40)
}
