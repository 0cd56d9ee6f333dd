import { useTranslation } from 'react-i18next'
import { api } from '../api/api.ts'
import type { PaletteItem } from '../palette/palette.tsx'
import { PaletteButton } from '../palette/palette-button.tsx'
import { operatorPages } from './pages.ts'

const findTenants = async (search: string): Promise<PaletteItem[]> => {
  const { items } = (await api.GET('/v1/tenants', { params: { query: { search: search.slice(0, 40), limit: 8 } } })).data
  return items.map(({ id, name, slug }) => ({ to: `/tenants/${id}`, label: name, about: slug }))
}

/** Over tenants, pages, and what can be begun. */
export function OperatorPalette() {
  const { t } = useTranslation('palette')
  const actions: PaletteItem[] = [
    { to: '/tenants/new', label: t('newTenant') },
    { to: '/operators?invite=1', label: t('inviteOperator') },
    { to: '/plans/new', label: t('publishPlan') },
    { to: '/tenant-health?state=critical', label: t('unwell') },
    { to: '/tenants?status=suspended', label: t('suspended') },
  ]
  return <PaletteButton pages={operatorPages} actions={actions} find={{ title: t('tenants'), by: findTenants }} />
}
