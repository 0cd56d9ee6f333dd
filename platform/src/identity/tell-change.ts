import type { MailContent } from '../mail/mail-content.ts'
import type { Door } from './identity.ts'

/** What somebody who got into an account would change first. */
export type CredentialChange = 'password_changed' | 'app_added' | 'app_removed' | 'passkey_added' | 'passkey_removed'

const words: Readonly<Record<CredentialChange, { readonly subject: string; readonly what: string }>> = {
  password_changed: { subject: 'Your password was changed', what: 'The password of your account was changed.' },
  app_added: { subject: 'A second factor was set up', what: 'Codes of an app are asked for from now on when you sign in.' },
  app_removed: {
    subject: 'Your second factor was removed',
    what: 'Codes of an app are not asked for any more when you sign in.',
  },
  passkey_added: { subject: 'A passkey was added', what: 'A passkey was added to your account: whoever holds it can sign in.' },
  passkey_removed: { subject: 'A passkey was removed', what: 'A passkey was removed from your account.' },
}

/** So that nobody loses an account without hearing of it. No link: one more mail that teaches to follow links would help who steals them. */
export function changeMail(change: CredentialChange, { address, userAgent }: Door, at: number): MailContent {
  const { subject, what } = words[change]
  const when = `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const program = userAgent === undefined ? '' : `, with ${userAgent.slice(0, 200)}`
  return {
    subject,
    paragraphs: [
      what,
      `When: ${when}\nFrom: ${address}${program}`,
      'If that was you, there is nothing to do. If not, choose a new password now by "forgotten password", and tell your administrator.',
    ],
  }
}
