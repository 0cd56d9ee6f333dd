import { OutboundFailure, problems, readResource, type Services, sql, type TenantScope } from 'tenantry'
import { namingBuilding } from '../naming-building.ts'
import { buildings } from '../resources.ts'

export interface GatewayRow {
  readonly buildingId: string
  readonly networkId: string
  readonly nodeId: string
  readonly askedAt: string
  /** `ok`, or why the gateway was not let in. */
  readonly code: string
  /** When this gateway was let into this network; null if it never was. */
  readonly authorisedAt: string | null
}

export interface Admission {
  readonly nodeId: string
  /** Of the tenant's own account at the network's controller. Used for this one call and kept nowhere. */
  readonly token: string
  /** `https://api.zerotier.com`, or a controller of one's own. */
  readonly central: string
}

/**
 * Lets the building's gateway into the building's network, by ZeroTier's API. The token is the tenant's: with one of the platform's
 * a tenant that names somebody else's network could let a machine of its own into it.
 */
export async function admitGateway(
  scope: TenantScope,
  { outbound }: Services,
  buildingId: string,
  { nodeId, token, central }: Admission,
  signal: AbortSignal,
): Promise<GatewayRow> {
  const { networkId } = await namingBuilding(readResource(scope, buildings, buildingId))
  if (typeof networkId !== 'string' || !/^[0-9a-f]{16}$/.test(networkId)) {
    throw problems.conflict("The building's `networkId` is not one of ZeroTier: 16 digits, 0-9 and a-f.")
  }
  const code = await outbound
    .request({
      tenantId: scope.context.tenantId,
      method: 'POST',
      url: new URL(`/api/v1/network/${networkId}/member/${nodeId}`, central).href,
      headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ config: { authorized: true } }),
      signal,
    })
    .then(({ status, body }) => codeOf(status, body))
    .catch((error: unknown) => {
      if (error instanceof OutboundFailure) return error.code
      throw error
    })
  const row = await noteGateway(scope, buildingId, { networkId, nodeId, code })
  if (row === undefined) throw problems.conflict('The building changed at this moment.')
  return row
}

/** A 200 of something that is no such controller lets nobody in. */
function codeOf(status: number, body: Buffer): string {
  if (status === 401 || status === 403) return 'refused'
  if (status === 404) return 'network_unknown'
  if (status !== 200) return 'answered_error'
  try {
    return JSON.parse(body.toString())?.config?.authorized === true ? 'ok' : 'unreadable'
  } catch {
    return 'unreadable'
  }
}

const columns = sql`g.building_id, g.network_id, g.node_id, g.asked_at, g.code, g.authorised_at`

function noteGateway(
  scope: TenantScope,
  buildingId: string,
  { networkId, nodeId, code }: { readonly networkId: string; readonly nodeId: string; readonly code: string },
): Promise<GatewayRow | undefined> {
  return scope.first(sql<GatewayRow>`insert into bms.gateways as g (building_id, network_id, node_id, code, authorised_at)
    select id, ${networkId}, ${nodeId}, ${code}, case when ${code} = 'ok' then tenantry.clock() end
    from bms.buildings where id = ${buildingId}::uuid
    on conflict (tenant_id, building_id) do update set network_id = excluded.network_id, node_id = excluded.node_id,
      asked_at = excluded.asked_at, code = excluded.code,
      authorised_at = coalesce(excluded.authorised_at,
        case when (g.network_id, g.node_id) = (excluded.network_id, excluded.node_id) then g.authorised_at end)
    returning ${columns}`)
}

/** Refuses with `not_found` or `building_not_granted`. */
export async function existingGateway(scope: TenantScope, buildingId: string): Promise<GatewayRow> {
  const row = await scope.first(sql<GatewayRow>`select ${columns} from bms.gateways g where g.building_id = ${buildingId}::uuid`)
  if (row !== undefined) return row
  await namingBuilding(readResource(scope, buildings, buildingId))
  throw problems.not_found('The network of this building was asked for no gateway.', { objectId: buildingId })
}
