import { v7 as uuid7 } from 'uuid'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { enqueue } from '../jobs/enqueue.ts'
import { job } from '../jobs/job.ts'
import type { Place, SecretBox } from '../secrets/secret-box.ts'
import type { MailContent } from './mail-content.ts'

interface SealedMail {
  readonly to: string
  readonly content: MailContent
}

const purpose = 'mail'

function placeOf({ context }: TenantScope, id: string): Place {
  return [context.tenantId, 'tenantry.mails', 'sealed', id]
}

/**
 * Puts a mail that holds a link into the tenant's rows, sealed, with the job that sends it. In a transaction's scope it is there
 * if and only if that commits.
 *
 * @throws not_configured without a master key
 */
export async function storeSealed(scope: TenantScope, box: SecretBox, to: string, content: MailContent): Promise<void> {
  const id = uuid7()
  const mail: SealedMail = { to, content }
  const sealed = box.seal(purpose, placeOf(scope, id), Buffer.from(JSON.stringify(mail)))
  await scope.batch(
    [sql`insert into tenantry.mails (id, sealed) values (${id}, ${sealed})`, enqueue(sendSealedMail, { ref: id, key: id })],
    { lane: 'write' },
  )
}

const rewrappedAtOnce = 100

/** Seals the tenant's waiting mails with the newest master key. Answers how many were not. */
export async function rewrapMails(scope: TenantScope, box: SecretBox): Promise<number> {
  for (let changed = 0; ; ) {
    const rows = await scope.run(sql<{ id: string; sealed: Buffer }>`
      select id, sealed from tenantry.mails where get_byte(sealed, 0) <> ${box.newest}::int order by id limit ${rewrappedAtOnce}::int`)
    if (rows.length === 0) return changed
    for (const { id, sealed } of rows) {
      const anew = box.rewrap(purpose, placeOf(scope, id), sealed)
      // One that was sent meanwhile is gone, and stays gone.
      if (anew !== undefined) await scope.run(sql`update tenantry.mails set sealed = ${anew}::bytea where id = ${id}::uuid`)
    }
    changed += rows.length
  }
}

/** Opens the mail, sends it in the tenant's brand, and takes it away. Should the last step fail, it is sent twice and not never. */
export const sendSealedMail = job({
  name: 'platform.mail',
  retries: 8,
  timeout: 60,
  async handle(context) {
    const { scope, ref, services } = context
    const row = await scope.first(sql<{ sealed: Uint8Array }>`select sealed from tenantry.mails where id = ${ref}`)
    if (row === undefined) return
    const opened = services.secrets.box.open(purpose, placeOf(scope, ref), row.sealed)
    const { to, content } = JSON.parse(opened.toString()) as SealedMail
    await services.mail.send(context, to, content)
    await scope.run(sql`delete from tenantry.mails where id = ${ref}`)
  },
})
