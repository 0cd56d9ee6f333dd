import { OwnMenu } from '../app/own-menu.tsx'
import { Shell } from '../app/shell.tsx'
import { startApp } from '../app/start.tsx'
import { useLiveChanges } from './live/use-live-changes.ts'
import { OperatorPalette } from './operator-palette.tsx'
import { operatorPages } from './pages.ts'

function OperatorShell() {
  useLiveChanges()
  const tools = (
    <>
      <OperatorPalette />
      <OwnMenu />
    </>
  )
  return <Shell pages={operatorPages} tools={tools} />
}

await startApp(operatorPages, OperatorShell)
