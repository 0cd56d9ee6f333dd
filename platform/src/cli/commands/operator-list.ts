import type { Call } from '../command.ts'
import { withServices } from '../open-services.ts'
import { table } from '../output.ts'

export function run(call: Call): Promise<undefined> {
  return withServices(call, async ({ services }) => {
    const items = await services.operators.list()
    call.out.result({ items, next: null }, () =>
      table(
        ['EMAIL', 'NAME', 'STATE', 'ID'],
        items.map(({ email, name, disabledAt, id }) => [email, name, disabledAt === null ? 'active' : 'disabled', id]),
      ),
    )
    return undefined
  })
}
