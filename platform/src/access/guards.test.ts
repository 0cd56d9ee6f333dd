import { expect, test } from 'vitest'
import type { TenantEntry } from '../directory/entries.ts'
import type { Problem } from '../problems/problem.ts'
import { requireFeature, requirePermission, requireRole, requireStatus, requireTenantPrincipal } from './guards.ts'
import type { TenantPrincipal } from './principal.ts'

const member: TenantPrincipal = {
  kind: 'member',
  id: '018f0000-0000-7000-8000-000000000001',
  tenantId: '018f0000-0000-7000-8000-000000000002',
  name: 'Ada',
  role: 'manager',
  permissions: new Set(['bms.buildings:read']),
  reach: 'all',
}
const tenant: TenantEntry = {
  id: member.tenantId,
  slug: 'northwind',
  name: 'Northwind',
  realmId: '00000000-0000-7000-8000-736861726564',
  system: 'bms',
  tier: 'base',
  status: 'active',
  suspension: undefined,
  features: new Set(['custom_domain']),
  limits: new Map(),
  allowedAddresses: [],
}

function codeOf(guard: () => void): string {
  try {
    guard()
  } catch (error) {
    return (error as Problem).code
  }
  return 'passed'
}

test('[IIOT-7] permission, role and feature are judged one line each', () => {
  expect(codeOf(() => requirePermission(member, 'bms.buildings:read'))).toBe('passed')
  expect(codeOf(() => requirePermission(member, 'bms.buildings:write'))).toBe('forbidden')
  expect(codeOf(() => requireRole(member, 'manager'))).toBe('passed')
  expect(codeOf(() => requireRole(member, 'user'))).toBe('passed')
  expect(codeOf(() => requireRole(member, 'admin'))).toBe('forbidden')
  expect(codeOf(() => requireFeature(tenant, 'custom_domain'))).toBe('passed')
  expect(codeOf(() => requireFeature(tenant, 'sso'))).toBe('feature_not_in_plan')
})

test("the public is asked to sign in; an operator finds nothing on a tenant's route", () => {
  expect(codeOf(() => requireTenantPrincipal({ kind: 'public' }))).toBe('unauthenticated')
  expect(codeOf(() => requireTenantPrincipal({ kind: 'operator', id: member.id, name: 'Op' }))).toBe('not_found')
})

test.each([
  ['active', undefined, 'passed', 'passed'],
  ['suspended', 'read_only', 'passed', 'tenant_suspended'],
  ['suspended', 'blocked', 'tenant_suspended', 'tenant_suspended'],
  ['provisioning', undefined, 'not_found', 'not_found'],
  ['archived', undefined, 'not_found', 'not_found'],
  ['deleted', undefined, 'not_found', 'not_found'],
] as const)('[SEC-6] a tenant that is %s (%s): a read is %s, a write is %s', (status, suspension, read, write) => {
  const entry = { ...tenant, status, suspension }
  expect(codeOf(() => requireStatus(entry, { method: 'GET' }))).toBe(read)
  expect(codeOf(() => requireStatus(entry, { method: 'POST' }))).toBe(write)
})

test('a suspended tenant still reaches what is marked as reachable while suspended', () => {
  const entry: TenantEntry = { ...tenant, status: 'suspended', suspension: 'blocked' }
  expect(codeOf(() => requireStatus(entry, { method: 'POST', whileSuspended: true }))).toBe('passed')
})
