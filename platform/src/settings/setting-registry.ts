import { problems } from '../problems/catalogue.ts'
import type { SystemDefinition } from '../system.ts'
import { platformSettings } from './platform-settings.ts'
import type { SettingDefinition } from './setting.ts'

/** The settings that a tenant has: the platform's and its system's. */
export interface SettingRegistry {
  /** By key. */
  in(system: string): ReadonlyMap<string, SettingDefinition>
  /** @throws setting_unknown */
  find(system: string, key: string): SettingDefinition
}

/** @throws TypeError for a key that is declared twice */
export function createSettingRegistry(systems: readonly Pick<SystemDefinition, 'name' | 'settings'>[]): SettingRegistry {
  const ofPlatform = byKey(platformSettings)
  const bySystem = new Map(systems.map(({ name, settings = [] }) => [name, byKey([...platformSettings, ...settings])]))
  const settingsIn = (system: string) => bySystem.get(system) ?? ofPlatform
  return {
    in: settingsIn,
    find(system, key) {
      const found = settingsIn(system).get(key)
      if (found === undefined) throw problems.setting_unknown(`There is no setting "${key.slice(0, 100)}".`)
      return found
    },
  }
}

function byKey(definitions: readonly SettingDefinition[]): ReadonlyMap<string, SettingDefinition> {
  const found = new Map(definitions.map((definition) => [definition.key, definition]))
  if (found.size < definitions.length) {
    const twice = definitions.find(({ key }, index) => definitions.findIndex((each) => each.key === key) < index)
    throw new TypeError(`The setting "${twice?.key}" is declared twice.`)
  }
  return found
}
