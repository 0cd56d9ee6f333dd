import type uPlot from 'uplot'

export interface TouchOptions {
  /** Narrower is a tap with a shaky finger. */
  readonly leastPixels: number
  readonly onTwoTaps: () => void
}

/** Milliseconds in which two taps belong together. */
const together = 350

/**
 * The library knows the mouse alone. Here one finger that moves sideways selects as the pressed mouse does, and two taps are a
 * double click. Up and down still scrolls the page, and two fingers make all of it larger.
 */
export function selectByTouch(plot: uPlot, { leastPixels, onTwoTaps }: TouchOptions): void {
  const { over } = plot
  let from: number | undefined
  let tappedAt = Number.NEGATIVE_INFINITY
  const placeOf = ({ clientX }: Touch) => {
    const { left, width } = over.getBoundingClientRect()
    return Math.min(Math.max(clientX - left, 0), width)
  }
  const select = (to: number, isDone: boolean) => {
    const [left, right] = [Math.min(from ?? to, to), Math.max(from ?? to, to)]
    plot.setSelect({ left, width: right - left, top: 0, height: over.clientHeight }, isDone)
  }
  const forget = () => {
    from = undefined
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false)
  }
  over.style.touchAction = 'pan-y pinch-zoom'
  over.addEventListener('touchstart', ({ touches: [first, ...others] }) => {
    if (first !== undefined && others.length === 0) from = placeOf(first)
    else forget()
  })
  over.addEventListener('touchmove', ({ touches: [first] }) => {
    if (first !== undefined && from !== undefined) select(placeOf(first), false)
  })
  over.addEventListener('touchend', (event) => {
    const [last] = event.changedTouches
    if (last === undefined || from === undefined) return
    const to = placeOf(last)
    if (Math.abs(to - from) >= leastPixels) {
      select(to, true)
      from = undefined
      return
    }
    forget()
    const isSecond = event.timeStamp - tappedAt < together
    tappedAt = isSecond ? Number.NEGATIVE_INFINITY : event.timeStamp
    if (!isSecond) return
    // Otherwise some browsers make a double click of it, too.
    event.preventDefault()
    onTwoTaps()
  })
  // The page scrolls instead.
  over.addEventListener('touchcancel', forget)
}
