import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'

/**
 * npm packages carry no symbolic links, so the package brings a list of them, and its install script would make them.
 * We do that ourselves: install scripts are often switched off. False where the folder cannot be written to.
 */
export function linkLibraries(packageFolder: string): boolean {
  const list = readFileSync(join(packageFolder, 'native/pg-symlinks.json'), 'utf8')
  const links = JSON.parse(list) as { source: string; target: string }[] // they lie side by side
  return links.every(({ source, target }) => link(basename(source), join(packageFolder, target)))
}

function link(to: string, at: string): boolean {
  if (existsSync(at)) return true
  try {
    symlinkSync(to, at)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return existsSync(at) // another start was faster
    if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') return false
    throw error
  }
}
