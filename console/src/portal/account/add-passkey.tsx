import { Button, Group, Modal, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { personApi } from '../../api/person-api.ts'
import { ProblemAlert } from '../../components/problem-alert.tsx'

/** Passkeys are of a host's name: an address of numbers has none. */
export const canUsePasskeys =
  'PublicKeyCredential' in window &&
  'parseCreationOptionsFromJSON' in PublicKeyCredential &&
  !/^[\d.:[\]]+$/.test(location.hostname)

interface Asked {
  readonly name: string
  readonly password: string
}

/** The password, then whatever the device asks for. */
export function AddPasskey({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation(['account', 'common'])
  const form = useForm<Asked>({ initialValues: { name: '', password: '' } })
  const adding = useMutation({ mutationFn: register, onSuccess: (made) => made && onClose() })
  return (
    <Modal opened onClose={onClose} title={t('passkey.add')} closeButtonProps={{ 'aria-label': t('common:close') }}>
      <form onSubmit={form.onSubmit((asked) => adding.mutate(asked))}>
        <Stack>
          <TextInput
            label={t('passkey.name')}
            description={t('passkey.nameHint')}
            required
            maxLength={100}
            data-autofocus
            {...form.getInputProps('name')}
          />
          <PasswordInput
            label={t('password.current')}
            autoComplete="current-password"
            required
            visibilityToggleButtonProps={{ 'aria-label': t('password.show'), tabIndex: 0 }}
            {...form.getInputProps('password')}
          />
          <ProblemAlert error={adding.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common:cancel')}
            </Button>
            <Button type="submit" loading={adding.isPending}>
              {t('goOn')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

/** False where the visitor did not go on. */
async function register({ name, password }: Asked): Promise<boolean> {
  const { data } = await personApi.POST('/v1/me/passkeys/options', { body: { password } })
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(data.options as never)
  const credential = await create(publicKey)
  if (credential === null) return false
  const response = credential.toJSON() as unknown as Record<string, unknown>
  await personApi.POST('/v1/me/passkeys', { body: { challenge: data.challenge, response, name } })
  return true
}

async function create(publicKey: PublicKeyCredentialCreationOptions): Promise<PublicKeyCredential | null> {
  try {
    return (await navigator.credentials.create({ publicKey })) as PublicKeyCredential | null
  } catch (error) {
    if (error instanceof DOMException && (error.name === 'NotAllowedError' || error.name === 'AbortError')) return null
    throw error
  }
}
