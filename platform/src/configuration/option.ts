/** One thing that can be configured: how it is called in each place, how its text is read, and what it is for. */
export interface Option<T> {
  readonly environment: string
  readonly flag: string
  readonly type: string
  readonly doc: string
  /** Never printed. */
  readonly secret: boolean
  readonly fallback: T
  /** Throws an Error whose message says what would be right. */
  readonly parse: (text: string) => T
}

interface Naming {
  readonly environment: string
  readonly flag: string
  readonly doc: string
  readonly secret?: boolean
}

function option<T>(naming: Naming, type: string, fallback: T, parse: (text: string) => T): Option<T> {
  return { ...naming, secret: naming.secret ?? false, type, fallback, parse }
}

export function text<T extends string | undefined>(fallback: T, naming: Naming): Option<string | Extract<T, undefined>> {
  return option<string | Extract<T, undefined>>(naming, 'text', fallback as string | Extract<T, undefined>, (value) => value)
}

export function integer(fallback: number, range: readonly [number, number], naming: Naming): Option<number> {
  return option(naming, `integer ${range[0]}-${range[1]}`, fallback, (value) => {
    const number = Number(value)
    if (!/^\d+$/.test(value) || number < range[0] || number > range[1]) {
      throw new Error(`must be a whole number from ${range[0]} to ${range[1]}`)
    }
    return number
  })
}

export function yesNo(fallback: boolean, naming: Naming): Option<boolean> {
  return option(naming, 'true or false', fallback, (value) => {
    if (value === 'true' || value === '1' || value === '') return true
    if (value === 'false' || value === '0') return false
    throw new Error('must be true or false')
  })
}

export function oneOf<const T extends string>(choices: readonly T[], fallback: NoInfer<T>, naming: Naming): Option<T> {
  return option<T>(naming, choices.join(', '), fallback, (value) => {
    const choice = choices.find((candidate) => candidate === value)
    if (choice === undefined) throw new Error(`must be one of ${choices.join(', ')}`)
    return choice
  })
}

/** Words separated by commas. */
export function list(naming: Naming): Option<readonly string[]> {
  return option<readonly string[]>(naming, 'list, by commas', [], (value) =>
    value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  )
}

/** Always secret, because it may hold a password or a token. */
export function influxAddress(naming: Omit<Naming, 'secret'>): Option<string | undefined> {
  return option<string | undefined>({ ...naming, secret: true }, 'http:// address', undefined, (value) => {
    if (!/^https?:\/\/([^\s/@]+@)?[^\s/@?#]+\/[\w.-]{1,64}$/.test(value)) {
      throw new Error('must be the address of a database in InfluxDB, http://user:password@host:8086/database')
    }
    return value
  })
}

/** Always secret, because it may hold a password. */
export function redisAddress(naming: Omit<Naming, 'secret'>): Option<string | undefined> {
  return option<string | undefined>({ ...naming, secret: true }, 'redis:// address', undefined, (value) => {
    if (!/^rediss?:\/\/\S+$/.test(value)) throw new Error('must be a Redis address, redis://user:password@host:6379/0')
    return value
  })
}

/** A PostgreSQL connection URL; always secret, because it may hold a password. */
export function databaseAddress(naming: Omit<Naming, 'secret'>): Option<string | undefined> {
  return option<string | undefined>({ ...naming, secret: true }, 'postgres:// address', undefined, (value) => {
    // Not by the URL parser: it refuses the empty host of a socket address, and its errors quote the password.
    if (!/^postgres(ql)?:\/\/\S+$/.test(value)) {
      throw new Error('must be a PostgreSQL address, postgres://user:password@host:5432/database')
    }
    return value
  })
}
