import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { Command } from '../../platform/src/cli/command.ts'
import { commands } from '../../platform/src/cli/commands.ts'
import { configurationFlag } from '../../platform/src/cli/configuration-flags.ts'
import { options } from '../../platform/src/configuration/options.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const notOurs = new Set(['node_modules', '.tenantry', '.git'])
const pages = globSync('**/*.md', { cwd: root, exclude: (name) => notOurs.has(name) })
const scripts = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts)

describe.each(pages)('%s', (page) => {
  const text = readFileSync(join(root, page), 'utf8')
  const code = codeOf(text)

  test('every link to another place of the repository leads there', () => {
    const targets = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] as string)
    expect(targets.map((target) => deadLink(page, target)).filter((dead) => dead !== undefined)).toEqual([])
  })

  test('every command that it names exists, with those options', () => {
    const named = code.flatMap((line) =>
      [...line.matchAll(/(?:^|[\s(;&|]|-- )tenantry(?: --)? ([a-z][^\n`#|>&;]*)/g)].map((m) => m[1]),
    )
    expect(named.map((said) => mistakeIn(said as string)).filter((mistake) => mistake !== undefined)).toEqual([])
    const run = code.flatMap((line) => [...line.matchAll(/npm run (?:-s )?([\w:]+)/g)].map((match) => match[1] as string))
    expect(run.filter((name) => !scripts.includes(name))).toEqual([])
  })

  test('every environment variable that it names is an option', () => {
    const known = new Set<string>(Object.values(options).map(({ environment }) => environment))
    const named = text.match(/\bTENANTRY_[A-Z_]+\b/g) ?? []
    expect(named.filter((name) => !known.has(name))).toEqual([])
  })
})

/** Blocks line by line, continued lines as one, and spans. */
function codeOf(text: string): string[] {
  const blocks = [...text.matchAll(/```\w*\n([\s\S]*?)```/g)].flatMap((match) =>
    (match[1] as string).replace(/\\\n/g, ' ').split('\n'),
  )
  const spans = [...text.replace(/```[\s\S]*?```/g, '').matchAll(/`([^`\n]+)`/g)].map((match) => match[1] as string)
  return [...blocks, ...spans]
}

function withoutCode(text: string): string {
  return text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, 'code')
}

function deadLink(page: string, target: string): string | undefined {
  if (/^[a-z]+:/.test(target)) return undefined
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? join(root, page) : join(root, dirname(page), path)
  if (!existsSync(file)) return target
  if (anchor !== undefined && !anchorsOf(file).includes(anchor)) return `${relative(root, file)} has no #${anchor}`
  return undefined
}

function anchorsOf(file: string): string[] {
  const headings = readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)
  return [...headings].map((match) =>
    (match[1] as string)
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
}

function mistakeIn(said: string): string | undefined {
  const command = commands.find(({ name }) => said === name || said.startsWith(`${name} `))
  if (command === undefined) return `there is no command: tenantry ${said}`
  const known = flagsOf(command)
  const unknown = (said.match(/(?<=\s)--[a-z-]+/g) ?? []).filter((flag) => !known.has(flag))
  return unknown.length === 0 ? undefined : `tenantry ${command.name} has no ${unknown.join(', ')}`
}

function flagsOf(command: Command): Set<string> {
  const own = (command.options ?? []).map(({ flags }) => flags.split(' ', 1)[0] as string)
  const configured = (command.configuration ?? []).map((name) => configurationFlag(name).long as string)
  return new Set(['--json', '--config', '--help', ...(command.writes ? ['--dry-run'] : []), ...own, ...configured])
}
