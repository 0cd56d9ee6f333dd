import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import { AddOnContent, PlanContent, PlanKey } from '../../plans/content-schemas.ts'
import type { Call } from '../command.ts'
import { systemAsked } from '../only-system.ts'
import { withServices } from '../open-services.ts'
import { parseInput } from '../parse-input.ts'
import { usage } from '../refusal.ts'

export function run(call: Call): Promise<undefined> {
  return withServices(call, async ({ services, project }) => {
    const system = systemAsked(call, project)
    const key = PlanKey.safeParse(call.arguments[0]).data
    if (key === undefined) throw usage('<key>: a-z, 0-9, _ and hyphens, beginning with a letter')
    const isAddOn = call.options.flag('addOn')
    const read = <Schema extends z.ZodType>(schema: Schema) => parseInput(schema, fileAsked(call))
    if (call.options.dryRun) {
      const content = isAddOn ? read(AddOnContent) : read(PlanContent)
      call.out.result(
        { dryRun: true, published: { system, key, content } },
        () => `Would publish a version of ${key} for ${system}.`,
      )
      return undefined
    }
    const published = isAddOn
      ? await services.plans.publishAddOn(system, key, read(AddOnContent), null)
      : await services.plans.publishPlan(system, key, read(PlanContent), null)
    call.out.result({ dryRun: false, published }, () => `Version ${published.version} of ${key} is published for ${system}.`)
    call.out.say('New tenants get it; those that have an older version keep that until they are moved: tenantry plan assign')
    return undefined
  })
}

function fileAsked({ options }: Call): Record<string, unknown> {
  const file = options.required('file')
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw usage(`--file: ${file} cannot be read as JSON: ${error instanceof Error ? error.message : error}`)
  }
}
