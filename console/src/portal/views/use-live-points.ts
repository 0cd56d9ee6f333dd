import { useEffect, useState } from 'react'
import { followStream } from '../../api/event-stream.ts'
import { type LivePoints, type ToldSeries, withTold } from '../../charts/live-points.ts'

/** A chart that is drawn more often is not read better. */
const redrawEvery = 500

/**
 * Points as they arrive, while `isOn`. `since` is the moment of the answer that they go on from: with a new one it begins anew.
 * `onOutdated` when more came than a stream tells.
 */
export function useLivePoints(path: string | null, isOn: boolean, since: number, onOutdated: () => void): LivePoints {
  const [live, setLive] = useState<LivePoints>(new Map())

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new answer has in it what was told before it
  useEffect(() => setLive((known) => (known.size === 0 ? known : new Map())), [since])

  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever is told changes with each drawing, the stream does not
  useEffect(() => {
    if (path === null || !isOn) return
    const leaving = new AbortController()
    let waiting: ToldSeries[] = []
    const timer = setInterval(() => {
      if (waiting.length === 0) return
      const told = waiting
      waiting = []
      setLive((known) => withTold(known, told))
    }, redrawEvery)
    void followStream(
      path,
      ({ type, data }) => {
        if (type === 'points') waiting.push(...(data as { series: ToldSeries[] }).series)
        if (type === 'stored' || type === 'reset') onOutdated()
      },
      leaving.signal,
    )
    return () => {
      clearInterval(timer)
      leaving.abort()
    }
  }, [path, isOn])

  return live
}
