import pg from 'pg'
import type { Clock } from './clock.ts'
import { contextStatements } from './context-statement.ts'
import { Exchange } from './exchange.ts'
import { LostConnection } from './lost-connection.ts'
import { PreparedNames } from './prepared-names.ts'
import { readRowsAsTheyAre } from './row-message.ts'
import { controlStatement } from './statement-facts.ts'
import { Step } from './step.ts'
import { wireWriter } from './wire-writer.ts'

export interface ClientOptions {
  readonly url: string
  /** Shown in pg_stat_activity. */
  readonly name: string
  /** False behind a pooler that does not keep prepared statements. */
  readonly prepared: boolean
  /**
   * Settings of every transaction, as startup parameters. A connection that turns out not to keep them, a pooler's, is told them
   * with each statement; so is one without prepared statements.
   */
  readonly startup: Readonly<Record<string, string>>
  readonly clock: Clock
  /** Milliseconds. */
  readonly connectTimeout: number
  readonly onEnd: (client: ScopeClient, cause: unknown) => void
}

/** Code of PgBouncer's refusal of a startup parameter that it does not know. */
const refusedParameter = '08P01'

/** How many of the settings given as JSON the connection has: poolers may also leave them out without a word. */
const countKept = controlStatement(
  'select count(*)::int as kept from pg_catalog.pg_settings where (name, setting) in (select * from pg_catalog.json_each_text($1))',
)

/** pg's client with the startup parameters that reading rows relies on; poolers know and keep these two. */
class StartupClient extends pg.Client {
  further: Readonly<Record<string, string>> = {}

  constructor(config: pg.ClientConfig) {
    super(config)
    readRowsAsTheyAre(this.connection)
  }

  getStartupConf(): Record<string, string> {
    const inherited = (pg.Client.prototype as unknown as { getStartupConf: () => Record<string, string> }).getStartupConf.call(
      this,
    )
    return { ...inherited, ...this.further, TimeZone: 'UTC', DateStyle: 'ISO' }
  }
}

/**
 * A connection that carries batches of many tenants, one behind the other. A batch's answer is complete at ReadyForQuery;
 * if a transaction were then still open, the next tenant would be inside it, so the connection is destroyed instead.
 */
export class ScopeClient {
  /** Leases given out by its lane. */
  leases = 0
  /** Told to whoever has the client to himself, should it end in between. */
  onGone: ((cause: unknown) => void) | undefined
  readonly #pg: StartupClient
  readonly #names: PreparedNames | undefined
  readonly #clock: Clock
  readonly #onEnd: (client: ScopeClient, cause: unknown) => void
  #underWay: Exchange[] = []
  #headSince = 0
  #lastHeard = 0
  #status: 'I' | 'T' | 'E' = 'I'
  #ended = false
  /** Its transactions have the lane's settings without being told. */
  #keepsLane = false
  /** It takes nothing more, and ends when what is under way has been answered. */
  #retired = false

  static async open(options: ClientOptions): Promise<ScopeClient> {
    if (!options.prepared) return ScopeClient.#connect(options, {})
    try {
      return await ScopeClient.#connect(options, options.startup)
    } catch (error) {
      if (sqlState(error) !== refusedParameter) throw error
      return ScopeClient.#connect(options, {})
    }
  }

  static async #connect(options: ClientOptions, startup: ClientOptions['startup']): Promise<ScopeClient> {
    const client = new ScopeClient(options)
    client.#pg.further = startup
    try {
      await client.#pg.connect()
      client.#lastHeard = options.clock.now()
      if (options.prepared) await client.#prepareContexts(startup, options.connectTimeout)
    } catch (error) {
      client.destroy(error)
      throw error
    }
    return client
  }

  private constructor(options: ClientOptions) {
    this.#clock = options.clock
    this.#onEnd = options.onEnd
    this.#names = options.prepared ? new PreparedNames() : undefined
    this.#pg = new StartupClient({
      connectionString: options.url,
      application_name: options.name,
      connectionTimeoutMillis: options.connectTimeout,
      keepAlive: true,
      pipeline: true,
    })
    // Without a listener of its own, a client that loses its server ends the process.
    this.#pg.on('error', (error) => this.destroy(error))
    this.#pg.on('end', () => this.destroy(new Error('The connection was closed.')))
    // Before pg's own listener, which knows the next batch only afterwards.
    this.#pg.connection.on('readyForQuery', ({ status }: { status: 'I' | 'T' | 'E' }) => this.#onReady(status))
  }

  get inFlight(): number {
    return this.#underWay.length
  }

  get usable(): boolean {
    return !this.#ended && !this.#retired && this.#pg.connection.stream.writable
  }

  /** Nothing under way and no transaction open: another tenant may have it. */
  get clean(): boolean {
    return this.usable && this.#underWay.length === 0 && this.#status === 'I'
  }

  get preparedStatements(): number {
    return this.#names?.size ?? 0
  }

  /** Monotonic milliseconds of the last answer, or of the connection's start. */
  get lastHeard(): number {
    return this.#lastHeard
  }

  /** Writes the batch. Settles it as lost, unsent, when the connection is gone already. */
  send(exchange: Exchange): void {
    if (!this.usable) {
      exchange.failure = new LostConnection(false, undefined)
      exchange.settle()
      return
    }
    try {
      exchange.bytes = this.#encode(exchange)
    } catch (error) {
      wireWriter.discard()
      exchange.failure = error as Error
      this.#settleNames(exchange)
      exchange.settle()
      return
    }
    if (this.#underWay.length === 0) this.#headSince = this.#clock.now()
    this.#underWay.push(exchange)
    this.#pg.query(exchange)
  }

  /** True when the oldest batch should have been answered by now: the other end is gone without a word. */
  overdue(now: number): boolean {
    const head = this.#underWay[0]
    return head !== undefined && now - this.#headSince > head.plan.patience
  }

  /** Ends the connection at once. What was under way is lost. */
  destroy(cause: unknown): void {
    if (this.#ended) return
    this.#ended = true
    const lost = this.#underWay
    this.#underWay = []
    this.#pg.connection.stream.destroy()
    for (const exchange of lost) {
      exchange.failure = new LostConnection(true, exchange.failure ?? cause)
      exchange.settle()
    }
    this.onGone?.(cause)
    this.#onEnd(this, cause)
  }

  /** Says goodbye to PostgreSQL. For clients with nothing under way. */
  async close(): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    this.#onEnd(this, undefined)
    await this.#pg.end()
  }

  #onReady(status: 'I' | 'T' | 'E'): void {
    const exchange = this.#underWay.shift()
    if (exchange === undefined) return
    this.#headSince = this.#lastHeard = this.#clock.now()
    this.#status = exchange.status = status
    this.#settleNames(exchange)
    if (status !== 'I' && !exchange.plan.exclusive) {
      const cause = new Error('A statement left a transaction open on a shared connection.')
      exchange.failure ??= cause
      this.destroy(cause)
    }
    // Somebody deallocated the names, the context's among them.
    if (exchange.failure && sqlState(exchange.failure) === '26000') this.#retired = true
    exchange.settle()
    if (this.#retired && this.#underWay.length === 0) this.destroy(new Error('Its prepared statements were gone.'))
  }

  #encode(exchange: Exchange): Buffer {
    const { opening, context, steps, closesPortal } = exchange.plan
    if (this.#names) for (const name of this.#names.takeClosing()) wireWriter.closeStatement(name)
    if (opening) for (const step of opening) this.#encodeStep(step, exchange)
    if (context) {
      const { statement, values, ofLane } = context
      const { text, preparedAs } = this.#keepsLane ? statement.lean : statement.withLane
      if (!this.#names) wireWriter.parse('', text)
      wireWriter.bind('', this.#names ? preparedAs : '', this.#keepsLane ? values : [...values, ...ofLane])
      wireWriter.execute('', 0)
    }
    for (const step of steps) this.#encodeStep(step, exchange)
    if (closesPortal !== undefined) wireWriter.closePortal(closesPortal)
    return wireWriter.takeWithSync()
  }

  #encodeStep(step: Step, exchange: Exchange): void {
    if (!step.continues) {
      // Inside a transaction a stale name could not be tried again.
      const name = exchange.plan.exclusive ? undefined : this.#names?.use(step.facts, exchange)
      if (name === undefined) wireWriter.parse('', step.facts.text)
      else {
        if (!name.announced) wireWriter.parse(name.name, step.facts.text)
        name.announced = true
        exchange.names.push({ name, step })
      }
      wireWriter.bind(step.portal, name?.name ?? '', step.values, step.take !== undefined)
      if (name?.reader) step.reader = name.reader
      else wireWriter.describePortal(step.portal)
    }
    wireWriter.execute(step.portal, step.maxRows)
  }

  #settleNames(exchange: Exchange): void {
    const names = this.#names
    if (!names || exchange.names.length === 0) return
    const stale = isStaleName(exchange.failure)
    for (const { name, step } of exchange.names) {
      if (exchange.failure && (stale || name.parsedBy === exchange)) names.forget(name)
      else if (name.parsedBy === exchange) names.ready(name, step.reader)
    }
  }

  #prepareContexts(startup: ClientOptions['startup'], patience: number): Promise<void> {
    // It may have ended in the same breath in which PostgreSQL let it in; nobody would ever settle what is sent then.
    if (this.#ended) return Promise.reject(new LostConnection(false, undefined))
    const check = new Step(countKept, [JSON.stringify(startup)])
    // Its lane looks after the clients it has, not after those to come: one that went silent here would be waited for for ever.
    const tooLate = setTimeout(() => this.destroy(new Error('The connection was not ready in time.')), patience)
    return new Promise<void>((resolve, reject) => {
      const exchange = new Exchange({ steps: [check], patience }, ({ failure }) => {
        if (failure) return reject(failure)
        const asked = Object.keys(startup).length
        this.#keepsLane = asked > 0 && check.rows[0]?.kept === asked
        resolve()
      })
      for (const { lean, withLane } of Object.values(contextStatements)) {
        wireWriter.parse(lean.preparedAs, lean.text)
        wireWriter.parse(withLane.preparedAs, withLane.text)
      }
      this.#encodeStep(check, exchange)
      exchange.bytes = wireWriter.takeWithSync()
      this.#headSince = this.#clock.now()
      this.#underWay.push(exchange)
      this.#pg.query(exchange)
    }).finally(() => clearTimeout(tooLate))
  }
}

/** The table changed under a prepared statement, or somebody deallocated it: forgotten and tried once more. */
export function isStaleName(error: unknown): boolean {
  const state = sqlState(error)
  return state === '26000' || (state === '0A000' && (error as pg.DatabaseError).routine === 'RevalidateCachedQuery')
}

function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined
}
