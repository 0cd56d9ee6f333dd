/** What an export of settings holds. */
export interface SettingsFile {
  readonly settings: Readonly<Record<string, unknown>>
}

/** Undefined for what is no such file; whether the settings are any is for the server to say. */
export function settingsIn(text: string): SettingsFile | undefined {
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch {
    return undefined
  }
  const settings = isObject(read) ? read.settings : undefined
  return isObject(settings) ? { settings } : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
