import { useParams } from '@tanstack/react-router'
import { MissingPage } from '../../app/missing-page.tsx'
import { DashboardView } from './dashboard-view.tsx'
import { ResourceView } from './resource-view.tsx'
import { useViews } from './views-query.ts'

/** A page that the system declares: nothing here knows which system it is. */
export default function ViewPage() {
  const { view: name } = useParams({ strict: false }) as { view?: string }
  const view = useViews().find((each) => each.name === name)
  if (view?.dashboard) return <DashboardView key={view.name} view={view} dashboard={view.dashboard} />
  if (view?.resource) return <ResourceView key={view.name} view={view} resource={view.resource} />
  return <MissingPage />
}
