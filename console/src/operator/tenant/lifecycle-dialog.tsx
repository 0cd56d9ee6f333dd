import { Button, Group, Modal, Select, Stack, Text, Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { AsCall, quote } from '../../components/as-call.tsx'
import { ConfirmByName } from '../../components/confirm-by-name.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { type LifecycleAct, type Order, orderAct, typed } from './lifecycle.ts'
import type { Tenant } from './tenant-query.ts'

export interface LifecycleDialogProps {
  readonly tenant: Tenant
  readonly act: LifecycleAct
  readonly onClose: () => void
}

/** Commands of the command line; a hold has none. */
const commands: ReadonlySet<LifecycleAct> = new Set(['suspend', 'resume', 'archive', 'restore', 'erase'])

/** Says what goes with it, asks why, and for what stops people or deletes, the name. */
export function LifecycleDialog({ tenant: { id, name, slug }, act, onClose }: LifecycleDialogProps) {
  const { t } = useTranslation(['tenant', 'bulk', 'common'])
  const [reason, setReason] = useState('')
  const [mode, setMode] = useState<'blocked' | 'read_only'>('blocked')
  const body: Order = act === 'suspend' ? { reason, mode } : { reason }
  const order = useMutation({ mutationFn: () => orderAct(id, act, body), onSuccess: onClose })
  const fields = (
    <>
      <Text size="sm">{t(`acts.about.${act}`)}</Text>
      {act === 'suspend' && (
        <Select
          label={t('bulk:mode')}
          data={(['blocked', 'read_only'] as const).map((each) => ({ value: each as string, label: t(`bulk:modes.${each}`) }))}
          value={mode as string}
          onChange={(value) => setMode(value === 'read_only' ? 'read_only' : 'blocked')}
          allowDeselect={false}
        />
      )}
      <Textarea
        label={t('bulk:reason')}
        description={t('acts.reasonHint')}
        required
        minLength={3}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <AsCall
        method="POST"
        path={`/v1/tenants/${id}/${act}`}
        body={body}
        {...(commands.has(act) && { command: `tenant ${act} ${slug} --reason ${quote(reason)}` })}
      />
    </>
  )
  const title = t('acts.of', { act: t(`acts.${act}`), name })
  if (typed.has(act))
    return (
      <ConfirmByName
        opened
        onClose={onClose}
        title={title}
        name={name}
        act={t(`acts.${act}`)}
        onConfirm={() => order.mutate()}
        busy={order.isPending}
        error={order.error}
      >
        {fields}
      </ConfirmByName>
    )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    order.mutate()
  }
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('common:close') }}>
      <form onSubmit={submit}>
        <Stack>
          {fields}
          <ProblemAlert error={order.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common:cancel')}
            </Button>
            <Button type="submit" loading={order.isPending}>
              {t(`acts.${act}`)}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
