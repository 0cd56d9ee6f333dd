import { useEffect, useState } from 'react'
import { Card } from './card.tsx'
import { CodeField, digitsOf, Form } from './form.tsx'
import { Problem } from './problem.tsx'
import { post } from './send.ts'
import { type Step, signIn, type Typed } from './steps.ts'
import { useTask } from './use-task.ts'
import { t } from './words.ts'

interface EnrolProps {
  readonly typed: Typed
  readonly onStep: (step: Step) => void
}

interface Secret {
  readonly secret: string
  /** Of the picture, as a data address. */
  readonly picture: string
}

/** An operator's second factor: a secret for his app, a first code, and codes to write down. */
export function Enrol({ typed, onStep }: EnrolProps) {
  const [secret, setSecret] = useState<Secret>()
  const [backupCodes, setBackupCodes] = useState<readonly string[]>()
  const begin = useTask()
  const confirm = useTask()
  // biome-ignore lint/correctness/useExhaustiveDependencies: once: each beginning makes another secret
  useEffect(() => {
    void begin.run(async () => setSecret(await newSecret(typed.password)))
  }, [])

  if (backupCodes !== undefined) return <BackupCodes codes={backupCodes} typed={typed} onStep={onStep} />
  return (
    <Card title={t('enrol.title')} intro={t('enrol.intro')}>
      <Problem error={begin.error} />
      {secret && (
        <>
          <img className="qr" src={secret.picture} alt={t('enrol.picture')} width={200} height={200} />
          <p>{t('enrol.byHand')}</p>
          <p>
            <code dir="ltr">{secret.secret}</code>
          </p>
          <Form
            task={confirm}
            submit={t('enrol.submit')}
            onSubmit={async ({ code }) =>
              setBackupCodes((await post('/v1/me/totp/confirm', { code: digitsOf(code) })).backupCodes)
            }
          >
            <CodeField />
          </Form>
        </>
      )}
    </Card>
  )
}

/** The session had a password alone and stays so: he signs in anew, with the next code, because each is good once. */
function BackupCodes({ codes, typed, onStep }: EnrolProps & { readonly codes: readonly string[] }) {
  const task = useTask()
  return (
    <Card title={t('enrol.backupTitle')} intro={t('enrol.backupIntro')}>
      <ul className="codes" dir="ltr">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <Form
        task={task}
        submit={t('enrol.done')}
        onSubmit={async () => {
          const step = await signIn(typed)
          onStep(step.kind === 'code' ? { ...step, isFirst: true } : step)
        }}
      >
        {null}
      </Form>
    </Card>
  )
}

async function newSecret(password: string): Promise<Secret> {
  const { secret, uri } = await post('/v1/me/totp', { password })
  // Nobody else needs it.
  const { toDataURL } = await import('qrcode')
  return { secret, picture: await toDataURL(uri, { margin: 2, width: 400 }) }
}
