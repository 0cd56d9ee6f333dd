import type { Rule } from './rule.ts'
import { functionRules } from './rules/functions.ts'
import { grantRules } from './rules/grants.ts'
import { keyRules } from './rules/keys.ts'
import { policyRules } from './rules/policies.ts'
import { realmRules } from './rules/realms.ts'
import { recordRules } from './rules/record.ts'
import { relationRules } from './rules/relations.ts'
import { roleRules } from './rules/roles.ts'
import { rowSecurityRules } from './rules/row-security.ts'
import { serverRules } from './rules/server.ts'

/** Everything that `tenantry doctor` asks. */
export const rules: readonly Rule[] = [
  ...serverRules,
  ...roleRules,
  ...recordRules,
  ...rowSecurityRules,
  ...policyRules,
  ...realmRules,
  ...keyRules,
  ...relationRules,
  ...grantRules,
  ...functionRules,
]
