import type { SpokenLanguage } from './language.ts'

interface Notice {
  readonly title: string
  readonly text: string
}

interface PageWords {
  readonly nothing: Notice
  readonly notBuilt: Notice
  /** Of a tenant that is blocked. */
  readonly suspended: Notice
  readonly support: string
  readonly poweredBy: string
  /** Too much was asked from one address. */
  readonly busy: Notice
  /** What the server could not do just now. */
  readonly failed: Notice
}

/** What the server says where there is no page of the console's: the languages are those that the console speaks. */
export const pageWords: Readonly<Record<SpokenLanguage, PageWords>> = {
  en: {
    nothing: { title: 'There is nothing here', text: 'Please check the address, or ask whoever gave it to you.' },
    notBuilt: {
      title: 'The pages are not built',
      text: 'The API is at work. `npm start` in the checkout builds them; the option `console-folder` names pages that are built elsewhere.',
    },
    suspended: {
      title: 'Closed for now',
      text: 'This account is suspended, so nobody can sign in here at the moment. Nothing of it is lost. Whoever runs it knows more.',
    },
    support: 'Questions:',
    poweredBy: 'Powered by Tenantry',
    busy: { title: 'Too many visits at once', text: 'Please wait a moment, and load the page again.' },
    failed: { title: 'That did not work', text: 'The page cannot be shown at the moment. Please try again in a minute.' },
  },
  de: {
    nothing: { title: 'Hier ist nichts', text: 'Bitte die Adresse prüfen, oder fragen, von wem sie kam.' },
    notBuilt: {
      title: 'Die Seiten sind nicht gebaut',
      text: 'Die API arbeitet. `npm start` im Checkout baut sie; die Option `console-folder` nennt Seiten, die anderswo gebaut sind.',
    },
    suspended: {
      title: 'Zurzeit geschlossen',
      text: 'Dieses Konto ist gesperrt, darum kann sich hier im Moment niemand anmelden. Nichts davon ist verloren. Wer es betreibt, weiß mehr.',
    },
    support: 'Fragen:',
    poweredBy: 'Betrieben mit Tenantry',
    busy: { title: 'Zu viele Besuche auf einmal', text: 'Bitte einen Moment warten und die Seite neu laden.' },
    failed: {
      title: 'Das ging nicht',
      text: 'Die Seite kann gerade nicht gezeigt werden. Bitte in einer Minute noch einmal versuchen.',
    },
  },
}
