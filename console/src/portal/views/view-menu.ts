import {
  IconBook,
  IconBox,
  IconBuilding,
  IconChartLine,
  IconCoins,
  IconDashboard,
  IconGauge,
  IconTable,
  IconTruck,
  IconUsers,
  type TablerIcon,
} from '@tabler/icons-react'
import type { Page } from '../../app/page.ts'
import { firstDashboard, inWords, type View } from './views-query.ts'

const icons: Readonly<Record<View['icon'], TablerIcon>> = {
  dashboard: IconDashboard,
  building: IconBuilding,
  sensor: IconGauge,
  table: IconTable,
  chart: IconChartLine,
  box: IconBox,
  book: IconBook,
  people: IconUsers,
  truck: IconTruck,
  money: IconCoins,
}

/** A system's own pages as the menu has them, before those that every system has. Its first dashboard is the first page's. */
export function menuOf(views: readonly View[]): Page[] {
  return views
    .filter((view) => view !== firstDashboard(views))
    .map(({ name, title, icon }) => ({
      path: `/views/${name}`,
      name,
      title: inWords(title),
      icon: icons[icon],
      load: () => import('./view-page.tsx'),
    }))
}
