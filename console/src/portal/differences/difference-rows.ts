import type { components } from '@tenantry/client'
import { showDate, showTime } from '../../i18n/format.ts'

type Differences = components['schemas']['TenantDifferences']
type Setting = Differences['settings'][number]

export const kinds = ['addOn', 'feature', 'override', 'setting', 'role', 'domain'] as const

/** One line of the page and of its CSV. */
export interface Difference {
  readonly kind: (typeof kinds)[number]
  readonly id: string
  readonly name: string
  readonly value: string
  /** Since when, by whom, or what for. */
  readonly why: string
}

export interface Wording {
  readonly t: (key: string, values?: Record<string, unknown>) => string
  readonly nameOf: (name: string) => string
  readonly titleOf: (setting: Setting) => string
}

/** What differs, in lines: the same for the eye and for the file. */
export function differenceRows(differences: Differences, { t, nameOf, titleOf }: Wording): Difference[] {
  const until = (time: string | null) => (time === null ? t('forGood') : t('until', { date: showDate(time) }))
  const shown = (value: unknown) => {
    if (value === null) return t('unlimited')
    if (typeof value === 'boolean') return value ? t('yes') : t('no')
    return typeof value === 'string' ? value : JSON.stringify(value)
  }
  return [
    ...differences.addOns.map(({ key, version, until: end }) => ({
      kind: 'addOn' as const,
      id: `add-on ${key}`,
      name: nameOf(key),
      value: t('version', { version }),
      why: until(end),
    })),
    ...differences.features.map((name) => ({
      kind: 'feature' as const,
      id: `feature ${name}`,
      name: nameOf(name),
      value: t('yes'),
      why: t('granted'),
    })),
    ...differences.overrides.map(({ kind, name, value, reason, expiresAt }) => ({
      kind: 'override' as const,
      id: `override ${kind} ${name}`,
      name: nameOf(name),
      value: shown(value),
      why: t('because', { reason, until: until(expiresAt) }),
    })),
    ...differences.settings.map((setting) => ({
      kind: 'setting' as const,
      id: `setting ${setting.key}`,
      name: titleOf(setting),
      value: setting.secret ? t('secret', { fingerprint: setting.fingerprint }) : shown(setting.value),
      why: setting.changedAt === null ? '' : t('since', { time: showTime(setting.changedAt) }),
    })),
    ...differences.roles.map(({ id, name, permissions, updatedAt }) => ({
      kind: 'role' as const,
      id: `role ${id}`,
      name,
      value: permissions.join(', '),
      why: t('since', { time: showTime(updatedAt) }),
    })),
    ...differences.domains.map(({ id, host, state, primary, createdAt }) => ({
      kind: 'domain' as const,
      id: `domain ${id}`,
      name: host,
      value: primary ? t('primary', { state: t(`state.${state}`) }) : t(`state.${state}`),
      why: t('since', { time: showTime(createdAt) }),
    })),
  ]
}
