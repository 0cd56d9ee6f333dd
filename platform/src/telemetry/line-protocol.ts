import { readNumber } from './read-csv.ts'

/** One line of InfluxDB's line protocol: `measurement,tag=value field=1,other="text" 1767225600000000000`. */
export interface ProtocolLine {
  /** Measurement and tags, as written: the same for every line of a series. */
  readonly head: string
  readonly fields: readonly Field[]
  /** As written; undefined where the server's clock counts. */
  readonly timestamp: string | undefined
}

export interface Field {
  readonly key: string
  /** Text stays text, so that who reads it decides. */
  readonly value: number | boolean | { readonly text: string }
}

export interface Head {
  readonly measurement: string
  readonly tags: ReadonlyMap<string, string>
}

/** Parses one line; a sentence where it cannot be read. Undefined for a comment and for nothing. */
export function parseLine(text: string): ProtocolLine | string | undefined {
  const line = trimmed(text)
  if (line === '' || line.startsWith('#')) return undefined
  const headEnd = findBare(line, ' ', 0)
  if (headEnd === -1) return 'Has no fields: a line is `measurement,tag=value field=1 timestamp`.'
  const fields: Field[] = []
  let at = skipSpaces(line, headEnd)
  for (;;) {
    const equals = keyEnd(line, at)
    if (equals === -1 || line[equals] !== '=') return 'A field has no value: fields are `name=1,other=2`, without spaces.'
    if (equals === at) return 'A field has no name.'
    const key = unescaped(line.slice(at, equals))
    const end = line[equals + 1] === '"' ? quotedEnd(line, equals + 1) : bareEnd(line, equals + 1)
    if (end === -1) return 'A quoted text is not closed.'
    const value = readValue(line.slice(equals + 1, end))
    if (value === undefined) return valueAdvice(key)
    fields.push({ key, value })
    if (end === line.length) return { head: line.slice(0, headEnd), fields, timestamp: undefined }
    if (line[end] === ' ') {
      const timestamp = line.slice(skipSpaces(line, end))
      return isWhole(timestamp)
        ? { head: line.slice(0, headEnd), fields, timestamp }
        : 'The timestamp must be a whole number, the last thing on the line.'
    }
    if (line[end] !== ',') return 'A quoted text must be followed by a comma or a space.'
    at = end + 1
  }
}

/** Parses measurement and tags; a sentence where they cannot be read. */
export function parseHead(head: string): Head | string {
  const [measurement = '', ...pairs] = splitBare(head)
  if (measurement === '') return 'Has no measurement.'
  const tags = new Map<string, string>()
  for (const pair of pairs) {
    const equals = findBare(pair, '=', 0)
    if (equals < 1 || equals === pair.length - 1) return 'A tag has no name or no value: tags are `name=value`.'
    const key = unescaped(pair.slice(0, equals))
    if (tags.has(key)) return `Has the tag \`${key.slice(0, 60)}\` twice.`
    tags.set(key, unescaped(pair.slice(equals + 1)))
  }
  return { measurement: unescaped(measurement), tags }
}

function valueAdvice(key: string): string {
  const numbers = 'a finite number, a whole one up to 9007199254740991 with `i` or `u`, true, false or a quoted text'
  return `The value of \`${key.slice(0, 60)}\` must be ${numbers}.`
}

function readValue(text: string): Field['value'] | undefined {
  // Most values end in a digit, and are plain numbers then.
  if (isDigit(text.charCodeAt(text.length - 1))) return readNumber(text)
  if (text.startsWith('"')) return { text: text.slice(1, -1).replace(/\\(["\\])/g, '$1') }
  if (/^-?\d{1,19}i$|^\d{1,20}u$/.test(text)) {
    const whole = Number(text.slice(0, -1))
    return Number.isSafeInteger(whole) ? whole : undefined
  }
  if (/^(t|T|true|True|TRUE)$/.test(text)) return true
  if (/^(f|F|false|False|FALSE)$/.test(text)) return false
  return readNumber(text)
}

const tab = 0x09
const carriageReturn = 0x0d
const space = 0x20
const comma = 0x2c
const minus = 0x2d
const zero = 0x30
const nine = 0x39
const equalsSign = 0x3d
const backslash = 0x5c

/** The first `stop` that no backslash precedes. */
function findBare(text: string, stop: ',' | '=' | ' ', from: number): number {
  let at = text.indexOf(stop, from)
  while (at > 0 && text.charCodeAt(at - 1) === backslash) at = text.indexOf(stop, at + 1)
  return at
}

/** Where a field's name ends: its equals sign, or what came instead of one. By codes: every line is looked through here. */
function keyEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if ((code === equalsSign || code === comma || code === space) && text.charCodeAt(at - 1) !== backslash) return at
  }
  return -1
}

function bareEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if ((code === comma || code === space) && text.charCodeAt(at - 1) !== backslash) return at
  }
  return text.length
}

function isDigit(code: number): boolean {
  return code >= zero && code <= nine
}

/** At most 19 digits, perhaps behind a minus sign. */
function isWhole(text: string): boolean {
  const from = text.charCodeAt(0) === minus ? 1 : 0
  if (text.length === from || text.length > from + 19) return false
  for (let at = from; at < text.length; at += 1) if (!isDigit(text.charCodeAt(at))) return false
  return true
}

function quotedEnd(text: string, quote: number): number {
  for (let at = quote + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at + 1
  }
  return -1
}

function splitBare(head: string): string[] {
  const parts: string[] = []
  let from = 0
  for (let comma = findBare(head, ',', 0); comma !== -1; comma = findBare(head, ',', from)) {
    parts.push(head.slice(from, comma))
    from = comma + 1
  }
  return [...parts, head.slice(from)]
}

/** Without blanks around it and the carriage return of a Windows line end. By hand: an expression would look for blanks at every place. */
function trimmed(text: string): string {
  let from = 0
  let end = text.length
  while (from < end && isBlank(text.charCodeAt(from))) from += 1
  while (end > from && isBlank(text.charCodeAt(end - 1))) end -= 1
  return text.slice(from, end)
}

function isBlank(code: number): boolean {
  return code === space || code === tab || code === carriageReturn
}

function skipSpaces(text: string, from: number): number {
  let at = from
  while (text[at] === ' ') at += 1
  return at
}

function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\([,= ])/g, '$1') : text
}
