import { z } from 'zod'
import { type Route, route } from '../http/route.ts'
import { AddressRanges } from './address-schema.ts'

const tags = ['Addresses'] as const
const AddressList = z
  .object({ ranges: z.array(z.string()).describe('In their normal form; none: from everywhere') })
  .meta({ id: 'AddressList' })
const OwnAddressList = AddressList.extend({ address: z.string().describe('From which you ask') }).meta({ id: 'OwnAddressList' })
const NewAddressList = z.strictObject({ ranges: AddressRanges })
const TenantPath = z.strictObject({ tenantId: z.uuid() })

const readAllowedAddresses = route({
  method: 'GET',
  path: '/v1/allowed-addresses',
  operation: 'readAllowedAddresses',
  summary: 'Read where members and keys of the tenant may come from',
  tags,
  permission: 'tenant:read',
  responses: { 200: OwnAddressList },
  handle: async ({ scope, request, services }) => ({
    ranges: await services.addressLists.read(scope),
    address: request.address,
  }),
})

const setAllowedAddresses = route({
  method: 'PUT',
  path: '/v1/allowed-addresses',
  operation: 'setAllowedAddresses',
  summary: 'Say where members and keys of the tenant may come from; it acts at once, everywhere',
  description: 'Refused when the list does not have the address that asks. An empty list opens the tenant to every address.',
  tags,
  permission: 'tenant:write',
  role: 'admin',
  body: NewAddressList,
  responses: { 200: OwnAddressList },
  problems: ['would_lock_out'],
  handle: async ({ scope, body, request, services }) => ({
    ranges: await services.addressLists.set(scope, body.ranges, request.address),
    address: request.address,
  }),
})

const readTenantAddresses = route({
  method: 'GET',
  path: '/v1/tenants/{tenantId}/allowed-addresses',
  operation: 'readTenantAddresses',
  summary: 'Read where a tenant may be worked with from',
  tags,
  permission: 'operator',
  entersTenant: true,
  params: TenantPath,
  responses: { 200: AddressList },
  handle: async ({ scope, services }) => ({ ranges: await services.addressLists.read(scope) }),
})

/** Helps a tenant in again whose list has no address of its people any more. */
const setTenantAddresses = route({
  method: 'PUT',
  path: '/v1/tenants/{tenantId}/allowed-addresses',
  operation: 'setTenantAddresses',
  summary: 'Say where a tenant may be worked with from',
  description: 'Operators are on a host of their own and are not held to it.',
  tags,
  permission: 'operator',
  entersTenant: true,
  params: TenantPath,
  body: NewAddressList,
  responses: { 200: AddressList },
  handle: async ({ scope, body, services }) => ({ ranges: await services.addressLists.set(scope, body.ranges) }),
})

export const addressListRoutes: readonly Route[] = [readAllowedAddresses, setAllowedAddresses]
export const operatorAddressListRoutes: readonly Route[] = [readTenantAddresses, setTenantAddresses]
