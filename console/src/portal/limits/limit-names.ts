import { useTranslation } from 'react-i18next'
import { plainName } from '../../components/limit-words.ts'
import { inWords, useViews } from '../views/views-query.ts'

/**
 * What people call a limit, meter or feature: as the system's own pages do, else in our words, else its name without underscores.
 * Pages that ask for it list the namespace `limits`.
 *
 * @example
 * const nameOf = useLimitNames()
 * nameOf('api_calls') // 'API calls'
 */
export function useLimitNames(): (name: string) => string {
  const { t } = useTranslation('limits')
  const declared = new Map(
    useViews().flatMap(({ dashboard }) =>
      dashboard ? [...dashboard.limits, ...dashboard.meters].map(({ name, title }) => [name, inWords(title)] as const) : [],
    ),
  )
  return (name) => declared.get(name) ?? t(`names.${name}`, { defaultValue: plainName(name) })
}
