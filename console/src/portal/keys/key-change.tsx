import { Button, Group, Modal, Stack } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { fieldErrors } from '../../api/describe-problem.ts'
import { AsCall } from '../../components/as-call.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { GrantsField } from '../grants/reach-fields.tsx'
import { byId, type Key } from './key-queries.ts'
import { type Terms, TermsFields } from './terms-fields.tsx'

/** Changes what may still be changed: permissions may not, a program would fail far from whoever took one away. */
export function KeyChange({ apiKey, onClose }: { readonly apiKey: Key; readonly onClose: () => void }) {
  const { t } = useTranslation(['keys', 'common'])
  const { id, name, requestsPerHour, allowedAddresses } = apiKey
  const [values, setValues] = useState<Terms>({ name, requestsPerHour, allowedAddresses })
  const isLimited = apiKey.reach === 'granted'
  const granted = useQuery({
    queryKey: ['keys', id, 'grants'],
    queryFn: async () => (await api.GET('/v1/keys/{id}/grants', { params: byId(id) })).data.grants,
    enabled: isLimited,
  })
  const [chosen, setChosen] = useState<string[]>()
  const body = { ...values, allowedAddresses: [...values.allowedAddresses] }
  const saving = useMutation({
    mutationFn: async () => {
      await api.PATCH('/v1/keys/{id}', { params: byId(id), body })
      if (chosen !== undefined) await api.PUT('/v1/keys/{id}/grants', { params: byId(id), body: { grants: chosen } })
    },
    onSuccess: onClose,
  })
  const errors = fieldErrors(saving.error)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    saving.mutate()
  }
  return (
    <Modal opened onClose={onClose} title={t('changeOne', { name })} closeButtonProps={{ 'aria-label': t('common:close') }}>
      <form onSubmit={submit}>
        <Stack>
          <TermsFields values={values} onChange={(some) => setValues((before) => ({ ...before, ...some }))} errors={errors} />
          {isLimited && granted.data && (
            <GrantsField grants={chosen ?? granted.data} onChange={setChosen} error={errors.grants} />
          )}
          <ProblemAlert error={saving.error ?? granted.error} />
          <Group justify="space-between">
            <AsCall method="PATCH" path={`/v1/keys/${id}`} body={body} />
            <Button type="submit" loading={saving.isPending}>
              {t('common:save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
