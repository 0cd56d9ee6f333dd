import { type InputHTMLAttributes, type ReactNode, useId, useState } from 'react'
import { fieldErrors } from '../api/describe-problem.ts'
import { Problem } from './problem.tsx'
import type { Task } from './use-task.ts'
import { t } from './words.ts'

interface FormProps {
  readonly task: Task
  readonly submit: string
  readonly children: ReactNode
  /** What was typed, by name of the field. */
  readonly onSubmit: (values: Readonly<Record<string, string>>) => Promise<unknown>
}

/** Fields keep what is typed themselves, so that a password manager can fill them in; they are read when they are sent. */
export function Form({ task, submit, children, onSubmit }: FormProps) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        const typed = [...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value)])
        if (!task.isBusy) void task.run(() => onSubmit(Object.fromEntries(typed)))
      }}
    >
      <Problem error={task.error} />
      {children}
      <button type="submit" className="main" aria-disabled={task.isBusy}>
        {task.isBusy ? t('working') : submit}
      </button>
    </form>
  )
}

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  readonly label: string
  readonly name: string
  readonly hint?: string | undefined
  /** Told beside the field it is about. */
  readonly task?: Task
}

export function Field({ label, hint, task, ...input }: FieldProps) {
  const id = useId()
  const wrong = task === undefined ? undefined : fieldErrors(task.error)[input.name]
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} required aria-describedby={hint ? `${id}-hint` : undefined} aria-invalid={wrong !== undefined} {...input} />
      {hint && (
        <p id={`${id}-hint`} className="hint">
          {hint}
        </p>
      )}
    </div>
  )
}

/** A password that can be looked at while it is typed. */
export function PasswordField({ isNew = false, ...field }: Partial<FieldProps> & { readonly isNew?: boolean }) {
  const [isShown, setShown] = useState(false)
  return (
    <div className="password">
      <Field
        label={t(isNew ? 'password.new' : 'password.label')}
        name="password"
        hint={isNew ? t('password.hint') : undefined}
        {...field}
        type={isShown ? 'text' : 'password'}
        autoComplete={isNew ? 'new-password' : 'current-password'}
        minLength={isNew ? 12 : undefined}
        maxLength={256}
      />
      <button type="button" className="plain" aria-pressed={isShown} onClick={() => setShown(!isShown)}>
        {t(isShown ? 'password.hide' : 'password.show')}
      </button>
    </div>
  )
}

export function EmailField({ label = t('email'), ...field }: Partial<FieldProps>) {
  return <Field label={label} name="email" type="email" autoComplete="username" maxLength={320} {...field} />
}

export function CodeField() {
  return (
    <Field
      label={t('code.label')}
      name="code"
      inputMode="numeric"
      autoComplete="one-time-code"
      pattern="\s*[0-9]{3}\s*[0-9]{3}\s*"
      autoFocus
      dir="ltr"
    />
  )
}

export const digitsOf = (code: string | undefined): string => (code ?? '').replaceAll(/\s/g, '')
