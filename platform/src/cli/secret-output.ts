import { writeFileSync } from 'node:fs'
import { newFile } from './new-file.ts'

/** Where a credential goes that can be shown only once: into a new file for its owner's eyes, or to standard output. */
export interface SecretOutput {
  readonly file: string | undefined
  /** What is printed in its place. */
  deliver(credential: string): string
}

/** Opens the file before the credential is made, so that none is made that nobody gets. @throws Refusal */
export function secretOutput(file: string | undefined): SecretOutput {
  if (file === undefined) return { file, deliver: (credential) => credential }
  newFile('--to-file', file)
  return {
    file,
    deliver: (credential) => {
      writeFileSync(file, `${credential}\n`)
      return `in ${file}`
    },
  }
}
