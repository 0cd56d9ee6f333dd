import { problems } from '../problems/catalogue.ts'
import type { Problem } from '../problems/problem.ts'
import type { Quota } from './quota.ts'

/** The refusal that names the limit, how far it is used and when that changes. */
export function quotaExceeded({ meter, max, used, available, resetsAt }: Quota): Problem {
  return problems.quota_exceeded(`The quota of \`${meter}\` does not suffice.`, {
    limit: meter,
    max,
    used,
    remaining: available,
    ...(resetsAt === null ? {} : { resetsAt }),
  })
}
