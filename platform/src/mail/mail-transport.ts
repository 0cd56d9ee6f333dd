import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createTransport } from 'nodemailer'
import type SMTPTransport from 'nodemailer/lib/smtp-transport'

export interface OutgoingMail {
  readonly messageId: string
  readonly from: { readonly name: string; readonly address: string }
  readonly to: string
  readonly replyTo: string | undefined
  readonly subject: string
  readonly text: string
  readonly html: string
  /** What the HTML shows, in the mail itself: nothing is fetched, and nobody learns that it was read. */
  readonly attachments?: { readonly cid: string; readonly filename: string; readonly content: Buffer }[]
}

/** Hands a mail over. Rejects when the other side does not take it. */
export type MailTransport = (mail: OutgoingMail) => Promise<void>

/** What a configured address of mail means; without one it is printed. */
export function transportTo(url: string | undefined): MailTransport {
  if (url === undefined) return consoleTransport()
  return url.startsWith('file:') ? folderTransport(fileURLToPath(url)) : smtpTransport(url)
}

const patience = 20_000

/** By SMTP: `smtps://user:password@mail.example.com:465`, `smtp://…` with STARTTLS where the server offers it, or part by part. */
export function smtpTransport(server: string | SMTPTransport.Options): MailTransport {
  const transport = createTransport({
    ...(typeof server === 'string' ? { url: server } : server),
    connectionTimeout: patience,
    greetingTimeout: patience,
    socketTimeout: patience,
    // What a mail says comes from outside; it never names a file or an address to be read.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return async (mail) => {
    await transport.sendMail({ ...mail, replyTo: mail.replyTo, headers: { 'Auto-Submitted': 'auto-generated' } })
  }
}

/** For development: the text, where the log goes. */
export function consoleTransport(print: (text: string) => void = console.log): MailTransport {
  return async ({ to, subject, text }) => print(`Mail to ${to}\nSubject: ${subject}\n\n${text}\n`)
}

/** For development: the last mail to each address, as a file of that name that only its owner reads. */
export function folderTransport(folder: string): MailTransport {
  return async ({ messageId, to, subject, text }) => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const draft = join(folder, `.${encodeURIComponent(messageId)}`)
    await writeFile(draft, `To: ${to}\nSubject: ${subject}\n\n${text}\n`, { mode: 0o600 })
    await rename(draft, join(folder, `${to.replaceAll(/[^\w.@+-]/g, '_')}.txt`))
  }
}
