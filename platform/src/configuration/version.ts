import { readFileSync } from 'node:fs'

/** Of the platform, as its package says it. */
export function platformVersion(): string {
  return (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version
}
