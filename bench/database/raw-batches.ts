import { EventEmitter } from 'node:events'
import pg from 'pg'
import { wireWriter } from '../../platform/src/isolation/wire-writer.ts'

/** Statements by name, and the values of each. */
export type RawBatch = readonly (readonly [name: string, values: readonly string[]])[]

/** Prepared statements in one network write with one Sync, as a scope sends them, of whatever statements one likes. */
export class RawBatches {
  readonly #client: pg.Client

  static async open(url: string, statements: Readonly<Record<string, string>>): Promise<RawBatches> {
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => undefined)
    await client.connect()
    for (const [name, text] of Object.entries(statements)) {
      const values = [...text.matchAll(/\$\d+/g)].map(() => null)
      await client.query({ name, text, values })
    }
    return new RawBatches(client)
  }

  private constructor(client: pg.Client) {
    this.#client = client
  }

  async backend(): Promise<number> {
    const { rows } = await this.#client.query<{ pid: number }>('select pg_backend_pid() as pid')
    return rows[0]?.pid ?? 0
  }

  run(batch: RawBatch): Promise<void> {
    return new Promise((resolve, reject) => {
      let failure: Error | undefined
      const ignore = () => undefined
      this.#client.query(
        Object.assign(new EventEmitter(), {
          submit(connection: pg.Connection) {
            for (const [name, values] of batch) {
              wireWriter.bind('', name, values)
              wireWriter.execute('', 0)
            }
            connection.stream.write(wireWriter.takeWithSync())
          },
          handleRowDescription: ignore,
          handleDataRow: ignore,
          handleCommandComplete: ignore,
          handleError: (error: Error) => {
            failure = error
            reject(error)
          },
          handleReadyForQuery: () => failure ?? resolve(),
        }),
      )
    })
  }

  close(): Promise<void> {
    return this.#client.end()
  }
}
