import { setTimeout as sleep } from 'node:timers/promises'

/** A point as the public API takes it. */
export interface ApiPoint {
  readonly time: string
  readonly pointType: string
  readonly unit?: string
  readonly sensor?: string
  readonly value: number
}

export interface ApiBuilding {
  readonly id: string
  readonly name: string
  readonly timeZone: string
}

export interface ApiConnector {
  readonly url: string
  readonly secret: string
  readonly pollSeconds: number
}

export interface ApiOptions {
  /** `http://127.0.0.1:8080` */
  readonly baseUrl: string
  readonly key: string
  readonly signal?: AbortSignal | undefined
  /** Tries per request; default 6, `Infinity` to go on until told to stop. */
  readonly attempts?: number
}

/** The API said no, in words for people: `detail` and what to do. */
export class ApiRefusal extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, detail: string) {
    super(detail)
    this.name = 'ApiRefusal'
    this.status = status
    this.code = code
  }
}

const busy = new Set([429, 502, 503, 504])
const longestPause = 30_000

/**
 * The little of the public API that importer and simulator need: they are clients like any other, with a key of their own.
 * What may pass (no connection, too busy) is tried again with growing pauses; every write names its batch, so that is safe.
 */
export class BmsApi {
  readonly #options: ApiOptions

  constructor(options: ApiOptions) {
    this.#options = options
  }

  async buildings(): Promise<readonly ApiBuilding[]> {
    const page = await this.#request('GET', '/v1/bms/buildings?limit=200')
    return (page as { items: ApiBuilding[] }).items
  }

  /** Answers how many were stored: 0 when the batch was stored before. */
  async writePoints(buildingId: string, points: readonly ApiPoint[], batch: string): Promise<number> {
    const path = `/v1/bms/buildings/${buildingId}/points?batch=${encodeURIComponent(batch)}`
    return ((await this.#request('POST', path, { points })) as { stored: number }).stored
  }

  /** Has the building's controller polled. */
  async setConnector(buildingId: string, connector: ApiConnector): Promise<void> {
    await this.#request('PUT', `/v1/bms/buildings/${buildingId}/connector`, connector)
  }

  async #request(method: string, path: string, body?: unknown): Promise<unknown> {
    const { attempts = 6, signal } = this.#options
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#send(method, path, body).catch((error: unknown) => error as Error)
      if (!(outcome instanceof Error)) {
        if (outcome.ok) return outcome.json()
        if (!busy.has(outcome.status) || attempt >= attempts) throw await refusal(outcome)
        await outcome.body?.cancel()
      } else if (signal?.aborted || attempt >= attempts) throw outcome
      const asked = outcome instanceof Error ? 0 : Number(outcome.headers.get('retry-after') ?? 0) * 1_000
      const pause = Math.max(asked, 250 * 2 ** Math.min(attempt, 10)) * (0.75 + Math.random() / 2)
      await sleep(Math.min(pause, longestPause), undefined, signal ? { signal } : {})
    }
  }

  #send(method: string, path: string, body: unknown): Promise<Response> {
    const { baseUrl, key, signal } = this.#options
    const timeout = AbortSignal.timeout(60_000)
    return fetch(new URL(path, baseUrl), {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    })
  }
}

async function refusal(response: Response): Promise<ApiRefusal> {
  const problem = (await response.json().catch(() => ({}))) as { code?: string; detail?: string; title?: string }
  return new ApiRefusal(
    response.status,
    problem.code ?? 'unknown',
    problem.detail ?? problem.title ?? `Answered ${response.status}.`,
  )
}
