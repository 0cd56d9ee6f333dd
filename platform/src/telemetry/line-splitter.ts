/** A line as the bytes gave it, or what is wrong with it as a whole. */
export type SplitLine =
  | { readonly line: number; readonly text: string }
  | { readonly line: number; readonly text?: never; readonly message: string }

/** In characters. Telegraf's longest are a tenth of it. */
export const longestLine = 65_536

/**
 * Cuts line protocol into lines. A quoted text may hold line ends: cut there, what somebody typed into a text would become
 * points. One that is never closed costs its own line and no other.
 */
export class LineSplitter {
  readonly #pass: (buffer: string, at: number) => number
  #rest = ''
  /** Of the first line in `#rest`, from 1. */
  #line = 1
  #skipping = false

  /** `pass` may take a line for itself: it answers the place behind it, or -1. */
  constructor(pass: (buffer: string, at: number) => number = () => -1) {
    this.#pass = pass
  }

  /** One line after the other: the next is looked at when the one before it is done with. */
  add(text: string): Iterable<SplitLine> {
    this.#rest += text
    return this.#cut(false)
  }

  end(): Iterable<SplitLine> {
    return this.#cut(true)
  }

  *#cut(isLast: boolean): Generator<SplitLine> {
    const buffer = this.#rest
    let at = 0
    while (at < buffer.length) {
      const behind = this.#skipping ? -1 : this.#pass(buffer, at)
      if (behind !== -1) {
        at = this.#next(behind - 1)
        continue
      }
      const newline = buffer.indexOf('\n', at)
      if (this.#skipping) {
        if (newline === -1) at = buffer.length
        else at = this.#next(newline)
        this.#skipping = newline === -1
        continue
      }
      const end = lineEnd(buffer, at, newline)
      if (end !== undefined && end - at <= longestLine) {
        const text = buffer.slice(at, end)
        yield { line: this.#line, text }
        this.#line += countOf('\n', text)
        at = this.#next(end)
      } else if (newline === -1) {
        if (buffer.length - at > longestLine) {
          yield { line: this.#line, message: `Is longer than ${longestLine} characters.` }
          this.#skipping = true
        } else if (isLast) yield { line: this.#line, text: buffer.slice(at) }
        else break
        at = buffer.length
      } else if (isLast || buffer.length - at > longestLine) {
        const isLong = newline - at > longestLine
        const message = isLong ? `Is longer than ${longestLine} characters.` : 'A quoted text is not closed.'
        yield { line: this.#line, message }
        at = this.#next(newline)
      } else break
    }
    this.#rest = buffer.slice(at)
  }

  #next(newline: number): number {
    this.#line += 1
    return newline + 1
  }
}

/** The line end that ends the line, and lies in no quoted text; undefined while the buffer does not have it. */
function lineEnd(buffer: string, start: number, newline: number): number | undefined {
  if (newline === -1) return undefined
  if (!buffer.slice(start, newline).includes('"') || isComment(buffer, start)) return newline
  let inFields = false
  let quoted = false
  for (let at = skipBlanks(buffer, start); at < buffer.length; at += 1) {
    const character = buffer[at]
    if (quoted) {
      if (character === '\\') at += 1
      else if (character === '"') quoted = false
    } else if (character === '\n') return at
    else if (character === ' ' && buffer[at - 1] !== '\\') inFields = true
    else if (character === '"' && inFields && buffer[at - 1] === '=' && buffer[at - 2] !== '\\') quoted = true
  }
  return undefined
}

function isComment(buffer: string, start: number): boolean {
  return buffer[skipBlanks(buffer, start)] === '#'
}

function skipBlanks(buffer: string, start: number): number {
  let at = start
  while (buffer[at] === ' ' || buffer[at] === '\t') at += 1
  return at
}

function countOf(character: string, text: string): number {
  let count = 0
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) count += 1
  return count
}
