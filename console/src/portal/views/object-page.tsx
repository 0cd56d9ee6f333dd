import { useParams } from '@tanstack/react-router'
import { MissingPage } from '../../app/missing-page.tsx'
import { SeriesView } from './series-view.tsx'
import { useViews } from './views-query.ts'

/** One object of a view that has points. */
export default function ObjectPage() {
  const { view: name, id = '' } = useParams({ strict: false }) as { view?: string; id?: string }
  const view = useViews().find((each) => each.name === name)
  if (!view?.series || !view.resource) return <MissingPage />
  return <SeriesView key={id} paths={view.series} resource={view.resource} id={id} />
}
