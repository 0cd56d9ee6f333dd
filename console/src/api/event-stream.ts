import { follow, type paths, type StreamedEvent, type StreamPath, TenantryProblem } from '@tenantry/client'
import { api } from './api.ts'

export type { StreamedEvent }

/**
 * Tells what a stream of this host tells, until the signal. What it is refused for good it leaves: a page that needs to know has
 * asked by `api` before. `onState` hears whether it is open.
 */
export async function followStream(
  path: string,
  tell: (event: StreamedEvent) => void,
  signal: AbortSignal,
  onState?: (isOpen: boolean) => void,
): Promise<void> {
  try {
    // Some paths are declared by a system, and known when the page is drawn.
    const options = { signal, ...(onState && { onState }) }
    for await (const event of follow(api, path as StreamPath<paths>, options as object)) tell(event)
  } catch (error) {
    if (!(error instanceof TenantryProblem)) throw error
  }
}
