import { Button, type ButtonProps, Tooltip } from '@mantine/core'
import type { MouseEventHandler, ReactNode } from 'react'

export interface ActButtonProps extends ButtonProps {
  /** Why the act is not possible now. The button then stays, can be reached by keyboard, and tells. */
  readonly whyNot: string | undefined
  readonly onClick: MouseEventHandler<HTMLButtonElement>
  readonly children: ReactNode
}

/** A button of something that not everybody may do. */
export function ActButton({ whyNot, onClick, children, ...button }: ActButtonProps) {
  if (whyNot === undefined) {
    return (
      <Button {...button} onClick={onClick}>
        {children}
      </Button>
    )
  }
  return (
    <Tooltip label={whyNot} multiline maw={320} events={{ hover: true, focus: true, touch: true }}>
      <Button {...button} data-disabled aria-disabled onClick={(event) => event.preventDefault()}>
        {children}
      </Button>
    </Tooltip>
  )
}
