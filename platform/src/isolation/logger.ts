/** The part of pino that the isolation layer uses. */
export interface IsolationLogger {
  readonly warn: (details: object, message: string) => void
}
