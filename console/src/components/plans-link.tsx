import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

/** In the portal: the way out of a limit, or to what the plan does not have. */
export function PlansLink({ tab = 'plans', size = 'sm' }: { readonly tab?: 'plans' | 'addOns'; readonly size?: 'xs' | 'sm' }) {
  const { t } = useTranslation('common')
  return (
    <Anchor component={Link} to="/plan" search={{ tab } as never} size={size}>
      {tab === 'addOns' ? t('seeAddOns') : t('seePlans')}
    </Anchor>
  )
}
