import { z } from 'zod'
import { roles } from '../access/principal.ts'

export const Time = z.string().meta({ format: 'date-time' })
export const RoleName = z.enum(roles)
export const Address = z.string().min(3).max(320).describe('Mail address')
export const PersonName = z.string().trim().min(1).max(200)
const Grants = z.array(z.uuid()).max(1000)

export const MemberPath = z.strictObject({ id: z.uuid() })

const member = {
  id: z.uuid(),
  userId: z.uuid(),
  email: z.string(),
  name: z.string(),
  role: RoleName,
  customRoleId: z.uuid().nullable().describe('Its permissions are then the only ones'),
  tenantAdmin: z.boolean().describe('Owner or admin'),
  reach: z.enum(['all', 'granted']),
  grants: z.array(z.uuid()).describe('With reach `granted`: the objects'),
  invitedBy: z.uuid().nullable(),
  joinedAt: Time,
  lastActiveAt: Time.nullable(),
  version: z.int(),
}
export const Member = z.object(member).meta({ id: 'Member' })

/** What somebody is in the tenant; shared by members and invitations. */
export const standing = {
  role: RoleName.optional().describe('Default viewer'),
  customRoleId: z.uuid().optional().describe('A role of the tenant itself, in place of `role`'),
  reach: z.enum(['all', 'granted']).optional().describe('`granted`: only the objects that `grants` names'),
  grants: Grants.optional(),
}

export const MemberChanges = z.strictObject(standing)
export const NewMember = z.strictObject({ email: Address, name: PersonName, ...standing })

export const Removal = z.strictObject({
  keys: z
    .enum(['revoke', 'keep'])
    .optional()
    .describe('What becomes of API keys that the member made; must be said where there are any'),
})

export const KeysBeyond = z.strictObject({
  keys: Removal.shape.keys.describe(
    'What becomes of API keys of his that may more than he from now on; must be said where there are any',
  ),
})

const PermissionName = z.string().regex(/^[a-z0-9_.]{1,80}:[a-z0-9_]{1,40}$/i, 'Must be a permission, such as keys:read.')
const roleFields = {
  name: z.string().trim().min(1).max(100),
  description: z.string().max(500),
  permissions: z.array(PermissionName).max(200),
}

export const NewRole = z.strictObject({
  name: roleFields.name,
  description: roleFields.description.optional(),
  permissions: roleFields.permissions,
})
export const RoleChanges = z.strictObject({
  name: roleFields.name.optional(),
  description: roleFields.description.optional(),
  permissions: roleFields.permissions.optional(),
})
export const CustomRole = z
  .object({
    id: z.uuid(),
    name: z.string(),
    description: z.string(),
    permissions: z.array(z.string()),
    version: z.int(),
    createdAt: Time,
    updatedAt: Time,
  })
  .meta({ id: 'CustomRole' })
export const RoleList = z
  .object({
    builtIn: z.array(z.object({ name: RoleName, permissions: z.array(z.string()) })),
    items: z.array(CustomRole),
    permissions: z.array(z.object({ name: z.string(), description: z.string() })),
  })
  .meta({ id: 'RoleList' })
