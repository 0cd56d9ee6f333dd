import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

const folder = new URL('./peers/', import.meta.url)

/** Installs what we are compared with, apart from our own packages and only when the bench runs. Undefined, or why it is missing. */
export function ensurePeers(note: (line: string) => void): string | undefined {
  const { dependencies } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as {
    dependencies: Record<string, string>
  }
  const isThere = ([name, version]: [string, string]) => {
    const manifest = new URL(`node_modules/${name}/package.json`, folder)
    return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === version
  }
  if (Object.entries(dependencies).every(isThere)) return undefined
  note('Installing bench/peers, which we are compared with.')
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: 'inherit',
    timeout: 60_000,
  })
  return status === 0 ? undefined : 'not installed'
}
