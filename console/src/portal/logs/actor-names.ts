import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, items, listAll } from '../../api/api.ts'
import { may, useSession } from '../../app/session.ts'
import type { LogEntry } from './log-queries.ts'

const all = { params: { query: { limit: 200 } } } as const

/** Who an entry says it was, by name where the visitor may see names: members and keys that are still there. */
export function useActorNames(): (entry: Pick<LogEntry, 'actorId' | 'actorKind'>) => string {
  const { t } = useTranslation('logs')
  const session = useSession()
  const members = useQuery({
    queryKey: ['members', 'names'],
    queryFn: () => listAll(items(api, '/v1/members', all)),
    enabled: may(session, 'members:read'),
    staleTime: 60_000,
  })
  const keys = useQuery({
    queryKey: ['keys', 'names'],
    queryFn: () => listAll(items(api, '/v1/keys', all)),
    enabled: may(session, 'keys:read'),
    staleTime: 60_000,
  })
  const names = new Map([...(members.data ?? []), ...(keys.data ?? [])].map(({ id, name }) => [id, name]))
  return ({ actorId, actorKind }) =>
    (actorId === null ? undefined : names.get(actorId)) ?? t(`actors.${actorKind}`, { defaultValue: actorKind })
}
