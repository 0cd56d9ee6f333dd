import { Badge, Button, Group } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { AddSecondFactor } from './add-second-factor.tsx'
import type { Me } from './name-card.tsx'
import { RemoveSecondFactor } from './remove-second-factor.tsx'
import { Section } from './section.tsx'

/** Codes of an app, asked for beside the password. */
export function SecondFactorCard({ me }: { readonly me: Me }) {
  const { t } = useTranslation('account')
  const [isOpen, setOpen] = useState(false)
  // The dialog that is open stays what it is while the state behind it changes: it has codes to show yet.
  const [hadOne, setHadOne] = useState(false)
  const close = () => setOpen(false)
  const open = () => {
    setHadOne(me.secondFactor)
    setOpen(true)
  }
  return (
    <Section title={t('totp.title')} about={t('totp.about')}>
      <Group>
        <Badge variant="dot" color={me.secondFactor ? 'teal' : 'gray'}>
          {me.secondFactor ? t('totp.on') : t('totp.off')}
        </Badge>
        <Button variant="default" onClick={open}>
          {me.secondFactor ? t('totp.remove') : t('totp.add')}
        </Button>
      </Group>
      {isOpen && (hadOne ? <RemoveSecondFactor onClose={close} /> : <AddSecondFactor onClose={close} />)}
    </Section>
  )
}
