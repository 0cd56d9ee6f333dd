import { Button, Menu } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { actsOn, type LifecycleAct, lifecycleActs } from './lifecycle.ts'
import { LifecycleDialog } from './lifecycle-dialog.tsx'
import type { Tenant } from './tenant-query.ts'

/** What can be done to the tenant as a whole; what cannot in its state says so. */
export function LifecycleMenu({ tenant }: { readonly tenant: Tenant }) {
  const { t } = useTranslation(['tenant', 'tenants'])
  const [act, setAct] = useState<LifecycleAct>()
  return (
    <>
      <Menu position="bottom-end" width={300}>
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={16} aria-hidden />}>
            {t('acts.title')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {lifecycleActs.map((name) => {
            const refused = actsOn(tenant, name)
            return (
              <Menu.Item key={name} onClick={() => setAct(name)} disabled={refused !== undefined}>
                {refused === undefined
                  ? t(`acts.${name}`)
                  : t('acts.refused', { act: t(`acts.${name}`), why: t(`acts.why.${refused}`) })}
              </Menu.Item>
            )
          })}
        </Menu.Dropdown>
      </Menu>
      {act && <LifecycleDialog tenant={tenant} act={act} onClose={() => setAct(undefined)} />}
    </>
  )
}
