// Makes console/dist what console/src says. Plain JavaScript like setup.mjs, and after it: the tools are installed then.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nodeBinary, root, SetupError, whileLocked } from './setup.mjs'

const stampFile = join(root, 'console/dist/.stamp')

/** Builds when something changed since the last time; otherwise only compares one hash. */
export async function ensureConsoleBuilt() {
  if (isBuilt()) return
  await whileLocked(() => {
    if (isBuilt()) return // by the process that we waited for
    const started = Date.now()
    console.error('Building the console.')
    const vite = join(root, 'node_modules/vite/bin/vite.js')
    const { status, stdout, stderr } = spawnSync(nodeBinary(), [vite, 'build', 'console', '--logLevel', 'warn'], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, NODE_ENV: 'production' }, // whoever asks: tests would get the libraries' development builds
    })
    if (status !== 0) throw new SetupError(`${stdout}${stderr}\nThe console could not be built.`)
    writeFileSync(stampFile, fingerprint())
    console.error(`Built in ${Math.round((Date.now() - started) / 1000)} s.`)
  })
}

function isBuilt() {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === fingerprint()
}

/** Of all that goes into it: its own files, the client's, and the versions of the libraries. */
function fingerprint() {
  const hash = createHash('sha256')
  for (const file of sources()) hash.update(file).update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

function sources() {
  const folders = ['console/src', 'client/src'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.includes('.test.'))
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length)),
  )
  const own = readdirSync(join(root, 'console')).filter((name) => /\.(html|json|ts)$/.test(name))
  return [...folders, ...own.map((name) => `console/${name}`), 'package-lock.json'].sort()
}
