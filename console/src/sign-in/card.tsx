import { type ReactNode, useEffect, useRef } from 'react'

/** What a visitor has before him: one thing to do, under a heading that is read out when it changes. */
export function Card({
  title,
  intro,
  children,
}: {
  readonly title: string
  readonly intro?: string | undefined
  readonly children?: ReactNode
}) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    // Not from a field that has taken the focus, which says its own name.
    if (document.activeElement === document.body) heading.current?.focus()
  }, [])
  return (
    <section className="card">
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {intro && <p className="intro">{intro}</p>}
      {children}
    </section>
  )
}
