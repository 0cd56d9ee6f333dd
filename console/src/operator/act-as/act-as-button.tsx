import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconUserShare } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { ActAsDialog } from './act-as-dialog.tsx'

export interface ActAsButtonProps {
  readonly tenantId: string
  readonly member: { readonly id: string; readonly name: string }
  /** The dialog begins with it: why the operator looks at the tenant, if he has said so. */
  readonly reason?: string
}

/** Beside a member of a tenant: acts as him, once a reason is given. Its words are those of the namespace `act-as`. */
export function ActAsButton({ member, ...props }: ActAsButtonProps) {
  const { t } = useTranslation('act-as')
  const [opened, { open, close }] = useDisclosure(false)
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        leftSection={<IconUserShare size={16} aria-hidden />}
        onClick={open}
        aria-label={t('buttonFor', { name: member.name })}
      >
        {t('button')}
      </Button>
      {opened && <ActAsDialog {...props} member={member} onClose={close} />}
    </>
  )
}
