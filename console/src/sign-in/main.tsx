import '../theme/platform-brand.css'
import './sign-in.css'
import { createRoot } from 'react-dom/client'
import { boot } from '../boot.ts'
import { startI18n } from '../i18n/i18n.ts'
import { App } from './app.tsx'
import { followScheme } from './scheme.ts'

// A strict mode would do everything twice while it is developed, and links are good once.
followScheme()
await startI18n(boot.tenant === undefined || boot.demo !== undefined ? ['sign-in', 'welcome'] : ['sign-in'])
// A link of a mail that is opened where another one was: to the browser it is the same page.
addEventListener('hashchange', () => location.reload())
createRoot(document.getElementById('root') as HTMLElement).render(<App />)
