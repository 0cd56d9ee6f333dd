import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { destroy, within } from './change-reader.ts'

/** Listens for hints that something changed. A hint only makes things faster: nothing depends on one arriving. */
export class ChangeListener {
  readonly #url: string
  readonly #onHint: () => void
  readonly #stop = new AbortController()
  #client: Client | undefined

  constructor(url: string, onHint: () => void) {
    this.#url = url
    this.#onHint = onHint
    void this.#keepListening()
  }

  close(): void {
    this.#stop.abort()
    if (this.#client !== undefined) destroy(this.#client)
  }

  async #keepListening(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      await this.#listenUntilLost().catch(() => {})
      await sleep(reconnectPause, undefined, { signal, ref: false }).catch(() => {})
    }
  }

  async #listenUntilLost(): Promise<void> {
    const client = new Client({ connectionString: this.#url, application_name: 'tenantry-listen', keepAlive: true })
    this.#client = client
    const lost = new Promise<void>((resolve) => {
      client.on('error', () => resolve())
      client.on('end', () => resolve())
    })
    client.on('notification', () => this.#onHint())
    try {
      await within(connectTimeout, async () => {
        await client.connect()
        await client.query('listen tenantry_changes')
      })
      await lost
    } finally {
      destroy(client)
    }
  }
}

/** Milliseconds. */
const reconnectPause = 1_000
const connectTimeout = 5_000
