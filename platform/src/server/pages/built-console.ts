import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { PageFile } from '../../http/pages.ts'

export type Entry = 'sign-in' | 'operator' | 'portal'
const entries: readonly Entry[] = ['sign-in', 'operator', 'portal']

/** Beside the package in a checkout, inside it where it was published. */
export const consoleFolder = ['../../../../console/dist', '../../../console']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((folder, index, all) => existsSync(folder) || index === all.length - 1) as string

type Coding = 'br' | 'gzip' | 'identity'

interface Build {
  readonly builtAt: number
  readonly pages: ReadonlyMap<Entry, string>
  /** File names below `assets/`. Only these are ever opened. */
  readonly names: ReadonlySet<string>
  readonly files: Map<string, Promise<PageFile>>
}

/** Milliseconds between two looks at whether it was built anew: a page of the old build would ask for files that are gone. */
const lookEvery = 1_000

/** The files that the console's build made. */
export class BuiltConsole {
  readonly #folder: string
  #build: Build | undefined
  #lookedAt = Number.NEGATIVE_INFINITY

  constructor(folder: string = consoleFolder) {
    this.#folder = folder
  }

  /** The HTML of an entry with its placeholders; undefined while nothing is built. */
  page(entry: Entry): string | undefined {
    return this.#current()?.pages.get(entry)
  }

  async file(name: string, acceptEncoding: string | undefined): Promise<PageFile | undefined> {
    const build = this.#current()
    if (!build?.names.has(name)) return undefined
    const type = types[extname(name)] ?? 'application/octet-stream'
    const coding = /^(text|application|image\/svg)/.test(type) ? codingOf(acceptEncoding) : 'identity'
    const key = `${coding} ${name}`
    const known = build.files.get(key)
    if (known !== undefined) return known
    const file = readAs(join(this.#folder, 'assets', name), type, coding)
    build.files.set(key, file)
    // What could not be read now may be read later.
    file.catch(() => build.files.delete(key))
    return file
  }

  #current(): Build | undefined {
    if (performance.now() - this.#lookedAt < lookEvery) return this.#build
    this.#lookedAt = performance.now()
    const builtAt = statSync(join(this.#folder, `${entries[0]}.html`), { throwIfNoEntry: false })?.mtimeMs
    if (builtAt === undefined) this.#build = undefined
    else if (builtAt !== this.#build?.builtAt) this.#build = readBuild(this.#folder, builtAt)
    return this.#build
  }
}

/** Undefined while a build is being written. */
function readBuild(folder: string, builtAt: number): Build | undefined {
  try {
    const pages = new Map(entries.map((entry) => [entry, readFileSync(join(folder, `${entry}.html`), 'utf8')]))
    return { builtAt, pages, names: new Set(readdirSync(join(folder, 'assets'))), files: new Map() }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}

const brotli = promisify(brotliCompress)
const squeezed = promisify(gzip)
/** Nearly what 11 gives, in a tenth of its time; each file is compressed once. */
const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }

async function readAs(path: string, type: string, coding: Coding): Promise<PageFile> {
  const plain = await readFile(path)
  const headers = { 'content-type': type, vary: 'accept-encoding' }
  if (coding === 'identity') return { headers, body: plain }
  const body = coding === 'br' ? await brotli(plain, options) : await squeezed(plain, { level: 9 })
  return { headers: { ...headers, 'content-encoding': coding }, body }
}

function codingOf(accepted: string | undefined): Coding {
  const taken = (accepted ?? '').split(',').flatMap((part) => {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase())
    return parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter)) ? [] : [name]
  })
  return (['br', 'gzip'] as const).find((coding) => taken.includes(coding)) ?? 'identity'
}
