import { type RefObject, useEffect } from 'react'

/** Milliseconds between looks whether something else got above it. */
const lookEvery = 1_000

/**
 * Keeps an element (`popover="manual"`) first in the browser's top layer, where no z-index reaches, and tells its height to the
 * page. What is opened later in that layer lies above what was there: so it looks, and goes on top again.
 */
export function useTopLayer(ref: RefObject<HTMLElement | null>, property: string): void {
  useEffect(() => {
    const element = ref.current
    if (element === null) return
    const raise = () => {
      if (element.matches(':popover-open')) element.hidePopover()
      element.showPopover()
    }
    const look = () => {
      const { left, top, width, height } = element.getBoundingClientRect()
      const seen = document.elementFromPoint(left + width / 2, top + height / 2)
      // Raising takes the focus out of it, so only where it is needed.
      if (!element.matches(':popover-open') || (seen !== null && !element.contains(seen))) raise()
    }
    raise()
    const timer = setInterval(look, lookEvery)
    const measure = new ResizeObserver(() => {
      document.documentElement.style.setProperty(property, `${element.offsetHeight}px`)
    })
    measure.observe(element)
    return () => {
      clearInterval(timer)
      measure.disconnect()
      document.documentElement.style.removeProperty(property)
    }
  }, [ref, property])
}
