import type { MailContent } from '../mail/mail-content.ts'

export interface InvitationMail {
  readonly tenantName: string
  readonly invitedByName: string
  readonly url: string
}

export function invitationMail({ tenantName, invitedByName, url }: InvitationMail): MailContent {
  return {
    subject: `Invitation to ${tenantName}`,
    paragraphs: [
      `${invitedByName} invites you to ${tenantName}.`,
      'The link works once, within seven days, and for this address only. If you do not know what this is about, leave it alone: nothing happens.',
    ],
    action: { label: 'Accept the invitation', url },
  }
}
