/** Something in the file is not as it should be. Says where and what, for whoever can mend the file. */
export class ImportError extends Error {
  readonly line: number

  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`)
    this.name = 'ImportError'
    this.line = line
  }
}
