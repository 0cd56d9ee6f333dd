import { useTranslation } from 'react-i18next'
import { describeProblem, type ProblemInWords } from '../api/describe-problem.ts'

/** Says what went wrong. Its words are fetched while nothing has: until they are there, the server's own are shown. */
export function useProblemWords(): (error: unknown) => ProblemInWords {
  const { t } = useTranslation(['common', 'problems'], { useSuspense: false })
  return (error) => describeProblem(error, t)
}
