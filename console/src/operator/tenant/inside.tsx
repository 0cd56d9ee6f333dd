import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { createContext, type FormEvent, type ReactNode, useContext, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { reasonHeader } from '../../api/reason.ts'

/** Why the operator is in the tenant. It goes with everything asked there, and its people read it in their audit log. */
export interface Inside {
  readonly tenantId: string
  readonly reason: string
  /** `params` of a call: `{ params: { ...params, query } }`. */
  readonly params: { readonly path: { readonly tenantId: string }; readonly header: { readonly 'Tenantry-Reason': string } }
}

const InsideContext = createContext<Inside | undefined>(undefined)

export function useInside(): Inside {
  const inside = useContext(InsideContext)
  if (inside === undefined) throw new Error('Outside of a tenant nothing of it can be asked.')
  return inside
}

/** Each look is an entry in the tenant's log: nothing is asked again only because somebody came back to the window. */
export const quiet = { staleTime: 300_000, refetchOnWindowFocus: false, refetchOnReconnect: false } as const

const keyOf = (tenantId: string) => `reason ${tenantId}`

/** What stands below is shown to whoever has said why he looks; said once per tenant and tab of the browser. */
export function EnterTenant({ tenantId, name, children }: { tenantId: string; name: string; children: ReactNode }) {
  const { t } = useTranslation('tenant')
  const [reason, setReason] = useState(() => sessionStorage.getItem(keyOf(tenantId)) ?? '')
  const [typed, setTyped] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    sessionStorage.setItem(keyOf(tenantId), typed.trim())
    setReason(typed.trim())
  }
  const leave = () => {
    sessionStorage.removeItem(keyOf(tenantId))
    setReason('')
  }
  if (reason === '')
    return (
      <form onSubmit={submit}>
        <Stack maw={520}>
          <Text>{t('enter.why', { name })}</Text>
          <TextInput
            label={t('enter.reason')}
            description={t('enter.hint')}
            required
            minLength={3}
            maxLength={200}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Group>
            <Button type="submit" leftSection={<IconLock size={16} aria-hidden />}>
              {t('enter.act')}
            </Button>
          </Group>
        </Stack>
      </form>
    )
  const header = reasonHeader(reason)
  return (
    <InsideContext value={{ tenantId, reason, params: { path: { tenantId }, header } }}>
      <Alert color="blue" variant="light" mb="md" p="xs" icon={<IconLock aria-hidden />}>
        <Group justify="space-between">
          <Text size="sm">{t('enter.inside', { reason })}</Text>
          <Button size="compact-sm" variant="default" onClick={leave}>
            {t('enter.other')}
          </Button>
        </Group>
      </Alert>
      {children}
    </InsideContext>
  )
}
