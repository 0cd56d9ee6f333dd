import { boot } from '../boot.ts'
import { Card } from './card.tsx'
import { goToTenant, type OwnTenant } from './destination.ts'
import { Form } from './form.tsx'
import { Problem } from './problem.tsx'
import { post } from './send.ts'
import type { Step } from './steps.ts'
import { useTask } from './use-task.ts'
import { t } from './words.ts'

interface ChooseTenantProps {
  readonly tenants: readonly OwnTenant[]
  readonly onStep: (step: Step) => void
}

/** On the bare domain: where to? */
export function ChooseTenant({ tenants, onStep }: ChooseTenantProps) {
  const task = useTask()
  if (tenants.length === 0) {
    return (
      <Card title={t('choose.none')} intro={t('choose.noneWhy')}>
        {boot.signUp !== undefined && (
          <a className="main" href="/sign-up">
            {t('signIn.signUp')}
          </a>
        )}
        <SignOut onStep={onStep} />
      </Card>
    )
  }
  return (
    <Card title={t('choose.title')} intro={t('choose.intro')}>
      <Problem error={task.error} />
      <ul className="choices">
        {tenants.map(({ tenant: { id, name }, role }) => (
          <li key={id}>
            <button type="button" aria-disabled={task.isBusy} onClick={() => void task.run(() => goToTenant(id))}>
              <strong>{name}</strong>
              <span>{t(`roles.${role}`)}</span>
            </button>
          </li>
        ))}
      </ul>
      <SignOut onStep={onStep} />
    </Card>
  )
}

/** On the host of a tenant that is none of his: a way to his own. */
export function Elsewhere({ tenant: { id, name } }: Pick<OwnTenant, 'tenant'>) {
  const task = useTask()
  return (
    <Card title={t('elsewhere.title', { name: boot.name })} intro={t('elsewhere.intro', { name })}>
      <Form task={task} submit={t('elsewhere.submit', { name })} onSubmit={() => goToTenant(id)}>
        {null}
      </Form>
    </Card>
  )
}

function SignOut({ onStep }: Pick<ChooseTenantProps, 'onStep'>) {
  const task = useTask()
  const signOut = async () => {
    await post('/v1/auth/sign-out', undefined as never)
    onStep({ kind: 'password' })
  }
  return (
    <p className="ways">
      <button type="button" className="plain" aria-disabled={task.isBusy} onClick={() => void task.run(signOut)}>
        {t('choose.signOut')}
      </button>
    </p>
  )
}
