import type { Quota } from '../../quotas/quota.ts'
import type { Call } from '../command.ts'
import { insideTenant } from '../inside-tenant.ts'
import { withServices } from '../open-services.ts'
import { table } from '../output.ts'

export function run(call: Call): Promise<undefined> {
  return withServices(call, async (open) => {
    const { inside } = await insideTenant(open, call.arguments[0] ?? '')
    const quotas = await open.services.quotas.list(inside)
    call.out.result({ quotas }, () =>
      table(['LIMIT', 'KIND', 'USED', 'HELD', 'MAX', 'PERCENT', 'BEGINS ANEW'], quotas.map(lineOf)),
    )
    return undefined
  })
}

function lineOf({ meter, kind, used, reserved, max, percentage, resetsAt }: Quota): string[] {
  const shown = (value: number | null, otherwise: string) => (value === null ? otherwise : String(value))
  return [meter, kind, shown(used, '-'), String(reserved), shown(max, 'unlimited'), shown(percentage, '-'), resetsAt ?? '-']
}
