/** The connection broke, or could not be had. */
export class LostConnection extends Error {
  override readonly name = 'LostConnection'
  /** Whether the statement had left before: then nobody knows what became of it. */
  readonly sent: boolean

  constructor(sent: boolean, cause: unknown) {
    super(sent ? 'The connection to PostgreSQL broke with the statement under way.' : 'No connection to PostgreSQL.', { cause })
    this.sent = sent
  }
}
