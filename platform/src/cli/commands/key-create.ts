import { permissionsOfRole } from '../../access/platform-permissions.ts'
import { roles } from '../../access/principal.ts'
import { NewKey } from '../../keys/routes.ts'
import type { SystemDefinition } from '../../system.ts'
import type { Call } from '../command.ts'
import { commandLine } from '../command-line-actor.ts'
import { expiry } from '../expiry.ts'
import { findTenant } from '../find-tenant.ts'
import { withServices } from '../open-services.ts'
import { facts } from '../output.ts'
import { parseInput } from '../parse-input.ts'
import { usage } from '../refusal.ts'
import { secretOutput } from '../secret-output.ts'

export function run(call: Call): Promise<undefined> {
  return withServices(call, async ({ services, scope, directory, project }) => {
    const tenant = await findTenant(directory, call.arguments[0] ?? '')
    const system = project.systems.find(({ name }) => name === tenant.system)
    const creator = services.keys.everythingIn(tenant)
    const grants = call.options.list('grant')
    const wanted = parseInput(NewKey, {
      name: call.options.text('name'),
      permissions: permissionsAsked(call, system),
      expiresAt: expiry(call.options.text('expires'), directory.clock()),
      ...(grants.length === 0 ? {} : { reach: 'granted', grants }),
    })
    const unknown = wanted.permissions.find((permission) => !creator.permissions.has(permission))
    if (unknown !== undefined) throw usage(`--permission: ${unknown} is none of ${[...creator.permissions].sort().join(', ')}`)
    if (call.options.dryRun) {
      call.out.result({ dryRun: true, key: wanted, credential: null }, () => `Would make:\n${facts({ ...wanted })}`)
      return undefined
    }
    const output = secretOutput(call.options.text('toFile'))
    const made = await services.keys.create(scope({ tenantId: tenant.id, ...doing() }), wanted, creator)
    const credential = output.deliver(made.credential)
    call.out.result(
      { dryRun: false, key: made.key, credential: output.file === undefined ? credential : null, file: output.file ?? null },
      () => credential,
    )
    call.out.say(`Key ${made.key.id} of ${tenant.slug}. It is shown this once and stored nowhere.`)
    return undefined
  })
}

function permissionsAsked({ options }: Call, system: SystemDefinition | undefined): string[] {
  const named = options.list('permission')
  const role = roles.find((each) => each === options.text('role'))
  if (named.length === 0 && role === undefined)
    throw usage(`Say what the key may do: --role (${roles.join(', ')}) or --permission`)
  const ofRole = role === undefined || system === undefined ? [] : permissionsOfRole(system, role)
  return [...new Set([...named, ...ofRole])]
}

function doing() {
  const { actor, origin } = commandLine
  return { actor, ...(origin === undefined ? {} : { origin }) }
}
