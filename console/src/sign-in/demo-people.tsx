import { boot } from '../boot.ts'
import { leaveFor } from './destination.ts'
import { Problem } from './problem.tsx'
import { send } from './send.ts'
import { useTask } from './use-task.ts'
import { t, w } from './words.ts'

/** On a newcomer's own machine: everybody of the demo, one click away, so that he sees what each role sees. */
export function DemoPeople() {
  const task = useTask()
  if (boot.demo === undefined) return null
  const go = async (id: string) => {
    const { url } = await send<{ url: string }>(`/demo/sign-in/${encodeURIComponent(id)}`, { method: 'POST' })
    await leaveFor(url)
  }
  return (
    <section className="demo" aria-labelledby="demo">
      <h2 id="demo">{w('demo.title')}</h2>
      <p>{w('demo.intro')}</p>
      <Problem error={task.error} />
      {[...Map.groupBy(boot.demo, ({ tenant }) => tenant)].map(([tenant, people]) => (
        <div key={tenant}>
          <h3>{tenant === '' ? w('demo.operators') : tenant}</h3>
          <ul>
            {people.map(({ id, label, role }) => (
              <li key={id}>
                <button type="button" aria-disabled={task.isBusy} onClick={() => void task.run(() => go(id))}>
                  <strong>{label}</strong>
                  <span>{t(`roles.${role}`)}</span>
                </button>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  )
}
