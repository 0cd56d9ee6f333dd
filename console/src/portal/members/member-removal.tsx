import { Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { useSession } from '../../app/session.ts'
import { ConfirmByName } from '../../components/confirm-by-name.tsx'
import { type KeysAfterwards, KeysQuestion, keysInQuestion } from '../../components/keys-question.tsx'
import type { Member } from './member-queries.ts'

/** Ends somebody's membership, or the visitor's own. */
export function MemberRemoval({ member: { id, name }, onClose }: { readonly member: Member; readonly onClose: () => void }) {
  const { t } = useTranslation(['people', 'common'])
  const session = useSession()
  const [keys, setKeys] = useState<KeysAfterwards>()
  const isOwn = id === session.id
  const query = keys === undefined ? {} : { keys }
  const removing = useMutation({
    mutationFn: async () => {
      if (isOwn) await api.POST('/v1/members/leave', { params: { query } })
      else await api.DELETE('/v1/members/{id}', { params: { path: { id }, query } })
    },
    onSuccess: () => (isOwn ? location.assign('/sign-in') : onClose()),
  })
  const asked = keysInQuestion(removing.error)
  return (
    <ConfirmByName
      opened
      onClose={onClose}
      title={isOwn ? t('leaveTitle', { tenant: session.tenant.name }) : t('removeOne', { name })}
      name={isOwn ? session.tenant.name : name}
      act={isOwn ? t('leave') : t('remove')}
      onConfirm={() => removing.mutate()}
      busy={removing.isPending}
      error={asked === undefined ? removing.error : undefined}
    >
      <Text size="sm">{isOwn ? t('leaveWhat') : t('removeWhat')}</Text>
      {asked && <KeysQuestion keys={asked} value={keys} onChange={setKeys} />}
    </ConfirmByName>
  )
}
