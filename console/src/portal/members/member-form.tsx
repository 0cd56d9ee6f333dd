import { Button, Group, Modal, Stack } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { fieldErrors } from '../../api/describe-problem.ts'
import { AsCall } from '../../components/as-call.tsx'
import { type KeysAfterwards, KeysQuestion, keysInQuestion } from '../../components/keys-question.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { ifMatch } from '../views/object-api.ts'
import { type Member, oneOwnerQuery } from './member-queries.ts'
import { standingBody, standingOf } from './standing.ts'
import { StandingFields } from './standing-fields.tsx'

/** Changes what somebody is in the tenant. It acts within a second, wherever he is signed in. */
export function MemberForm({ member, onClose }: { readonly member: Member; readonly onClose: () => void }) {
  const { t } = useTranslation(['people', 'common'])
  const [values, setValues] = useState(() => standingOf(member))
  const [keys, setKeys] = useState<KeysAfterwards>()
  const { data: hasOneOwner = false } = useQuery(oneOwnerQuery)
  const body = standingBody(values)
  const saving = useMutation({
    mutationFn: () =>
      api.PATCH('/v1/members/{id}', {
        params: {
          path: { id: member.id },
          header: { 'If-Match': `"v${member.version}"` },
          query: keys === undefined ? {} : { keys },
        },
        body,
      }),
    onSuccess: onClose,
  })
  const asked = keysInQuestion(saving.error)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    saving.mutate()
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('changeOne', { name: member.name })}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <form onSubmit={submit}>
        <Stack>
          <StandingFields
            values={values}
            onChange={(change) => setValues((before) => ({ ...before, ...change }))}
            fixedBecause={member.role === 'owner' && hasOneOwner ? t('rules.lastOwner') : undefined}
            errors={fieldErrors(saving.error)}
          />
          {asked && <KeysQuestion keys={asked} value={keys} onChange={setKeys} />}
          {!asked && <ProblemAlert error={saving.error} />}
          <Group justify="space-between">
            <AsCall method="PATCH" path={`/v1/members/${member.id}`} body={body} headers={ifMatch(member.version)} />
            <Button type="submit" loading={saving.isPending} disabled={asked !== undefined && keys === undefined}>
              {t('common:save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
