import type { Directory } from '../directory/directory.ts'
import type { Answer, IdempotentCall } from '../http/pipeline.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { answerOnceForOperator } from './operator-answers.ts'
import { answerOnceInTenant } from './tenant-answers.ts'

/**
 * The pipeline's `idempotent` step: a POST with an `Idempotency-Key` has one effect and one answer for 24 hours.
 * Within a tenant the handler runs in one transaction with the record of its answer.
 *
 * @throws idempotency_key_reused, idempotency_key_in_use
 */
export function createIdempotency({ directory }: { readonly directory: Directory }) {
  return async (call: IdempotentCall): Promise<Answer> => {
    const { scope } = call.context as { readonly scope?: TenantScope }
    const { principal } = call.identified
    if (scope !== undefined) {
      const answer = await answerOnceInTenant(call, scope)
      // A handler that waited for this node to know of its change did so before the change was committed.
      await directory.catchUp()
      return answer
    }
    if (principal.kind === 'operator') return answerOnceForOperator(call, principal, directory.pool)
    // Nobody to whom the key could belong: a public route keeps nothing.
    return call.run(call.context)
  }
}
