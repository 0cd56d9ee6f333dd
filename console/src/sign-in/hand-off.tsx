import { useEffect } from 'react'
import { Card } from './card.tsx'
import { leaveFor } from './destination.ts'
import { linkToken } from './link-token.ts'
import { nextPath } from './next-path.ts'
import { BackToSignIn } from './reset-password.tsx'
import { post } from './send.ts'
import { useTask } from './use-task.ts'
import { t } from './words.ts'

/** Coming from another host of the same installation: the link begins a session here. */
export function HandOff() {
  const task = useTask()
  // biome-ignore lint/correctness/useExhaustiveDependencies: once: the link is good once
  useEffect(() => {
    void task.run(async () => {
      await post('/v1/auth/hand-off', { token: linkToken ?? '' })
      await leaveFor(nextPath(location.search, location.origin))
    })
  }, [])
  if (task.error === undefined) return <p role="status">{t('working')}</p>
  return (
    <Card title={t('handOff.title')} intro={t('handOff.intro')}>
      <BackToSignIn />
    </Card>
  )
}
