import { useState } from 'react'
import { Card } from './card.tsx'
import { CodeField, digitsOf, Field, Form } from './form.tsx'
import { post } from './send.ts'
import { after, type Step } from './steps.ts'
import { useTask } from './use-task.ts'
import { t } from './words.ts'

type CodeStepProps = Extract<Step, { kind: 'code' }> & { readonly onStep: (step: Step) => void }

/** The second step: a code of the app, or one of those that were written down. */
export function CodeStep({ challenge: { challenge }, typed, isFirst = false, onStep }: CodeStepProps) {
  const task = useTask()
  const [isBackup, setBackup] = useState(false)
  return (
    <Card title={t('code.title')} intro={t(isFirst ? 'code.next' : isBackup ? 'code.introBackup' : 'code.intro')}>
      <Form
        key={String(isBackup)}
        task={task}
        submit={t('code.submit')}
        onSubmit={async ({ code, backupCode = '' }) => {
          const answer = isBackup ? { challenge, backupCode: backupCode.trim() } : { challenge, code: digitsOf(code) }
          onStep(await after(await post('/v1/auth/mfa', answer), typed))
        }}
      >
        {isBackup ? <Field label={t('code.backup')} name="backupCode" autoComplete="off" autoFocus dir="ltr" /> : <CodeField />}
      </Form>
      <p className="ways">
        <button type="button" className="plain" onClick={() => setBackup(!isBackup)}>
          {t(isBackup ? 'code.useApp' : 'code.useBackup')}
        </button>
        <button type="button" className="plain" onClick={() => onStep({ kind: 'password' })}>
          {t('startAgain')}
        </button>
      </p>
    </Card>
  )
}
