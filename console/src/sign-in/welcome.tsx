import { boot } from '../boot.ts'
import { DemoPeople } from './demo-people.tsx'
import { t, w } from './words.ts'

const points = ['apart', 'brand', 'plans', 'proof'] as const

/** The bare domain's first page: what this is, and the ways in. */
export function Welcome() {
  return (
    <>
      <section className="welcome">
        <h1>{w('title')}</h1>
        <p className="intro">{w('intro')}</p>
        <p className="actions">
          <a className="main" href="/sign-in">
            {t('signIn.submit')}
          </a>
          {boot.signUp !== undefined && (
            <a className="second" href="/sign-up">
              {w('signUp')}
            </a>
          )}
          <a className="second" href="/docs">
            {w('docs')}
          </a>
        </p>
      </section>
      <DemoPeople />
      <section className="points">
        {points.map((point) => (
          <article key={point}>
            <h2>{w(`${point}.title`)}</h2>
            <p>{w(`${point}.text`)}</p>
          </article>
        ))}
      </section>
    </>
  )
}
