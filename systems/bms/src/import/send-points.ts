import { createHash } from 'node:crypto'
import type { ApiPoint, BmsApi } from '../api/bms-api.ts'

export interface Sent {
  readonly points: number
  /** Of these, how many the server had not had before. */
  readonly stored: number
}

const pointsPerLot = 5_000

/**
 * Sends points in lots named after their own content: an import that broke off is simply run again,
 * and what the server has already it does not store twice.
 */
export async function sendPoints(
  api: BmsApi,
  buildingId: string,
  points: AsyncIterable<ApiPoint>,
  onProgress: (sent: Sent) => void = () => {},
): Promise<Sent> {
  let sent: Sent = { points: 0, stored: 0 }
  let lot: ApiPoint[] = []
  const flush = async () => {
    const name = createHash('sha256').update(JSON.stringify(lot)).digest('hex').slice(0, 32)
    const stored = await api.writePoints(buildingId, lot, `import-${name}`)
    sent = { points: sent.points + lot.length, stored: sent.stored + stored }
    lot = []
    onProgress(sent)
  }
  for await (const point of points) {
    lot.push(point)
    if (lot.length === pointsPerLot) await flush()
  }
  if (lot.length > 0) await flush()
  return sent
}
