import { writeFileSync } from 'node:fs'
import { Refusal, usage } from './refusal.ts'

/** Makes the file for its owner's eyes before any work is done for it; never writes over another. @throws Refusal */
export function newFile(flag: string, file: string): string {
  try {
    writeFileSync(file, '', { mode: 0o600, flag: 'wx' })
    return file
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') throw usage(`${flag}: ${file} is there already.`)
    throw new Refusal('file', `${flag}: ${message}`)
  }
}
