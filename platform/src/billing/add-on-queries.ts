import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { Minor } from './money.ts'

/** Something that a tenant bought beside its plan. */
export interface AddOn {
  readonly id: string
  /** Its key in the system. */
  readonly addOn: string
  readonly title: string
  readonly charge: 'recurring' | 'once'
  /** Per interval of the subscription, or once. */
  readonly priceMinor: Minor
  readonly cancelAt: string | null
  readonly createdAt: string
}

const columns = sql`id, add_on, title, charge, price_minor, cancel_at, created_at`

export function listAddOns(scope: TenantScope): Promise<AddOn[]> {
  return scope.run(sql<AddOn>`select ${columns} from tenantry.subscription_add_ons where ended_at is null order by id`)
}

export async function insertAddOn(
  tx: TenantScope,
  subscriptionId: string,
  { addOn, title, charge, priceMinor }: Pick<AddOn, 'addOn' | 'title' | 'charge' | 'priceMinor'>,
): Promise<void> {
  await tx.run(sql`insert into tenantry.subscription_add_ons (subscription_id, add_on, title, charge, price_minor)
    values (${subscriptionId}::uuid, ${addOn}, ${title}, ${charge}, ${priceMinor})`)
}

/** At the end of a period that is paid for; null for not at all. What was bought once stays. */
export function cancelAddOn(tx: TenantScope, addOn: string, at: string | null) {
  return tx.run(sql<{ id: string }>`update tenantry.subscription_add_ons set cancel_at = ${at}
    where add_on = ${addOn} and charge = 'recurring' and ended_at is null returning id`)
}

/** Those that are over by then. What they gave ends by itself, to the moment. */
export async function endCanceledAddOns(tx: TenantScope, now: string): Promise<void> {
  await tx.run(
    sql`update tenantry.subscription_add_ons set ended_at = ${now} where ended_at is null and cancel_at <= ${now}::timestamptz`,
  )
}

/** All that recur, with the subscription; answers their keys. */
export async function endRecurringAddOns(tx: TenantScope, now: string): Promise<string[]> {
  const ended = await tx.run(sql<{ addOn: string }>`update tenantry.subscription_add_ons set ended_at = ${now}
    where ended_at is null and charge = 'recurring' returning add_on`)
  return ended.map(({ addOn }) => addOn)
}

export async function repriceAddOn(tx: TenantScope, id: string, priceMinor: Minor): Promise<void> {
  await tx.run(sql`update tenantry.subscription_add_ons set price_minor = ${priceMinor} where id = ${id}::uuid`)
}
