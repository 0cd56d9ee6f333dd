import { randomBytes } from 'node:crypto'
import { bms } from '@tenantry/bms'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codeOfApp } from '../../platform/src/identity/identity.test-support.ts'
import { sharedRealm } from '../../platform/src/identity/realms.ts'
import { faultsIn } from './axe.test-support.ts'
import { type ConsoleInBrowser, chromiumMissing, signIn, startConsole, stillness } from './browser.test-support.ts'

describe.skipIf(chromiumMissing !== undefined)(`the ways in ${chromiumMissing ?? ''}`, () => {
  let here: ConsoleInBrowser
  beforeAll(async () => {
    here = await startConsole({ systems: [{ ...bms, signup: 'open' }] })
  }, 240_000)
  afterAll(() => here?.close())

  const linkIn = (mail: string) => /https?:\/\/\S+#token=[\w-]+/.exec(mail)?.[0] ?? ''
  const someone = () => `p${randomBytes(5).toString('hex')}@example.com`
  const heading = (page: Page) => page.getByRole('heading', { level: 1 })
  const alert = (page: Page) => page.getByRole('alert')
  const portal = (page: Page) => page.getByRole('navigation').first().waitFor()

  /** Somebody of no tenant with an app; its codes are those of so many half minutes from now. */
  async function somebodyWithFactor() {
    const { identity } = here.tenantry.services
    const [email, password] = [someone(), 'a password for two steps']
    const person = await identity.createUser(sharedRealm, { email, name: 'Sam Second', password, verified: true })
    const origin = here.tenantry.addressOf('')
    const door = {
      realmId: sharedRealm,
      host: 'localhost',
      origin,
      tenantId: undefined,
      address: '127.0.0.1',
      userAgent: undefined,
      requestId: 'test',
    }
    const session = { kind: 'browser', id: (await identity.startSession(person, door, ['password'])).id } as const
    const principal = { ...person, kind: 'person', session, tenantId: undefined, methods: ['password'] } as const
    const { uri } = await identity.totp.begin(principal, door, password)
    const code = (step: number) => codeOfApp(here, uri, step)
    await identity.totp.confirm(principal, door, await code(-1))
    return { email, password, code }
  }

  /** A member of the tenant with a known password, and whatever else he is given. */
  async function invite(slug: string, email: string): Promise<string> {
    const tenant = here.tenants[slug]
    const answer = await fetch(`http://127.0.0.1:${here.port}/v1/invitations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tenant?.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ email, role: 'viewer' }),
    })
    expect(answer.status, await answer.clone().text()).toBe(201)
    return linkIn(await here.mailTo(email, /invit/i))
  }

  test('a wrong password and an unknown address are told in the same words, at the form', async () => {
    const { page, open, close } = await here.visitor()
    const said: string[] = []
    for (const email of ['viewer@northwind.example', 'nobody@northwind.example']) {
      await open(here.addressOf('northwind', '/sign-in'))
      await page.getByLabel('Mail address').fill(email)
      await page.getByLabel('Password', { exact: true }).fill('not the password')
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      said.push(await alert(page).innerText())
    }
    expect(said[0]).toBe(said[1])
    expect(said[0]).toMatch(/not right/)
    await close()
  })

  test('[SEC-14] signing in leads to a page of this host and to no other', async () => {
    const evil = ['https://evil.example/', '/\\evil.example/']
    for (const next of evil) {
      const { page, open, close } = await here.visitor()
      await open(here.addressOf('northwind', `/sign-in?next=${encodeURIComponent(next)}`))
      await signIn(page, here.person('viewer@northwind.example'))
      expect([next, page.url()]).toEqual([next, here.addressOf('northwind')])
      await close()
    }
  })

  test('[BMS-6] on the bare domain who belongs to several tenants chooses, and comes to the host of the one', async () => {
    const { page, open, complaints, close } = await here.visitor()
    await open(here.addressOf('', '/'))
    expect(await heading(page).innerText()).toMatch(/One platform/)
    await page.getByRole('link', { name: 'Sign in' }).click()
    const { email, password } = here.person('both@example.com')
    await page.getByLabel('Mail address').fill(email)
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('button', { name: /Harbour/ }).click()
    await page.waitForURL(here.addressOf('harbour'))
    await portal(page)
    // Once more: he is signed in there, and signs out.
    await open(here.addressOf('', '/sign-in'))
    await page.getByRole('button', { name: /Northwind/ }).waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Mail address').waitFor()
    await open(here.addressOf('', '/sign-in'))
    await page.getByLabel('Mail address').waitFor()
    expect(complaints).toEqual([])
    await close()
  })

  test('who belongs to one tenant alone is not asked', async () => {
    const { page, open, close } = await here.visitor()
    await open(here.addressOf('', '/sign-in'))
    await signIn(page, here.person('admin@harbour.example'))
    await page.waitForURL(here.addressOf('harbour'))
    await portal(page)
    await close()
  })

  test('on the host of a tenant one does not belong to, signing in says so, and shows the way home', async () => {
    const { page, open, close } = await here.visitor()
    await open(here.addressOf('harbour', '/sign-in'))
    const { email, password } = here.person('viewer@northwind.example')
    await page.getByLabel('Mail address').fill(email)
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'You do not belong to Harbour' }).waitFor()
    await page.getByRole('button', { name: 'Go to Northwind' }).click()
    await page.waitForURL(here.addressOf('northwind'))
    await portal(page)
    await close()
  })

  test('[IIOT-4] by the link of an invitation somebody new joins, and is in', async () => {
    const link = await invite('northwind', someone())
    const { page, open, complaints, close } = await here.visitor()
    await open(link)
    expect(await heading(page).innerText()).toMatch(/^Join Northwind/)
    await page.getByLabel('Your name').fill('Ada New')
    await page.getByLabel('New password').fill('correct horse battery')
    await page.getByRole('button', { name: 'Join', exact: true }).click()
    await page.waitForURL(here.addressOf('northwind'))
    await portal(page)
    expect(complaints.filter((each) => !each.includes('401'))).toEqual([])
    // Once.
    await open(link)
    expect(await alert(page).innerText()).toMatch(/used, is over/)
    await close()
  })

  test('[IIOT-4] somebody who has an account joins with its password; who is signed in, by a click', async () => {
    const known = here.person('user@harbour.example')
    const link = await invite('northwind', known.email)
    const { page, open, close } = await here.visitor()
    await open(link)
    await page.getByLabel('Your name').fill('Another Name')
    await page.getByLabel('New password').fill('whatever he typed first')
    await page.getByRole('button', { name: 'Join', exact: true }).click()
    await page.getByText('There is an account for this address already').waitFor()
    await page.getByLabel('Password', { exact: true }).fill(known.password)
    await page.getByRole('button', { name: 'Join', exact: true }).click()
    await page.waitForURL(here.addressOf('northwind'))
    await close()

    const other = here.person('manager@harbour.example')
    const again = await invite('northwind', other.email)
    const signedIn = await here.visitorAs(other, 'northwind')
    await signedIn.open(again)
    await signedIn.page.getByRole('button', { name: `Join as ${other.email}` }).click()
    await signedIn.page.waitForURL(here.addressOf('northwind'))
    await portal(signedIn.page)
    await signedIn.close()
  })

  test('a forgotten password is chosen anew by the link of a mail, which is good once', async () => {
    const email = someone()
    const { page, open, close } = await here.visitor()
    await open(await invite('harbour', email))
    await page.getByLabel('Your name').fill('Forgetful')
    await page.getByLabel('New password').fill('the first of passwords')
    await page.getByRole('button', { name: 'Join', exact: true }).click()
    await page.waitForURL(here.addressOf('harbour'))
    await page.context().clearCookies()
    await open(here.addressOf('harbour', '/sign-in'))
    await page.getByRole('link', { name: 'Password forgotten?' }).click()
    await page.getByLabel('Mail address').fill(email)
    await page.getByRole('button', { name: 'Send the link' }).click()
    await page.getByText(email).waitFor()
    const link = linkIn(await here.mailTo(email, /new password/i))
    await open(link)
    await page.getByLabel('New password').fill('too short')
    await page.getByLabel('New password').evaluate((field: HTMLInputElement) => field.removeAttribute('minlength'))
    await page.getByRole('button', { name: 'Save the password' }).click()
    expect(await alert(page).innerText()).toMatch(/at least 12 characters/)
    await page.getByLabel('New password').fill('the second of passwords')
    await page.getByRole('button', { name: 'Save the password' }).click()
    await page.getByRole('link', { name: 'To sign-in' }).click()
    await signIn(page, { email, name: '', password: 'the second of passwords' })
    await portal(page)
    await open(link)
    await page.getByLabel('New password').fill('the third of passwords')
    await page.getByRole('button', { name: 'Save the password' }).click()
    expect(await alert(page).innerText()).toMatch(/used, is over/)
    await close()
  })

  test('[SEC-14] an operator chooses a password by his link, sets up his app, keeps his backup codes, and is in', async () => {
    const email = someone()
    const { token } = await here.tenantry.services.operators.invite({ email, name: 'Otto' })
    const { page, open, complaints, close } = await here.visitor()
    await open(here.addressOf('dashboard', `/operators/accept#token=${token}`))
    await page.getByLabel('New password').fill('an operator needs a long one')
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByRole('img', { name: 'QR code' }).waitFor()
    const secret = await page.locator('code').innerText()
    const { createOTP } = await import('@better-auth/utils/otp')
    const app = createOTP(fromBase32(secret), { digits: 6, period: 30 })
    const step = Math.floor(here.tenantry.directory.clock() / 30_000)
    // Of the half minute before, so that the next is good at once.
    await page.getByLabel('Code').fill(await app.hotp(step - 1))
    await page.getByRole('button', { name: 'Confirm' }).click()
    await page.getByRole('heading', { name: 'Your backup codes' }).waitFor()
    const codes = await page.locator('.codes code').allInnerTexts()
    expect(codes.length).toBeGreaterThanOrEqual(8)
    await page.getByRole('button', { name: 'I have kept them' }).click()
    await page.getByText('That was the first code').waitFor()
    await page.getByLabel('Code').fill(await app.hotp(Math.floor(here.tenantry.directory.clock() / 30_000)))
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.waitForURL(here.addressOf('dashboard'))
    await portal(page)
    expect(complaints).toEqual([])

    // Without the phone: one of the codes he has written down.
    await page.context().clearCookies()
    await open(here.addressOf('dashboard', '/sign-in'))
    await page.getByLabel('Mail address').fill(email)
    await page.getByLabel('Password', { exact: true }).fill('an operator needs a long one')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('button', { name: 'Use a backup code' }).click()
    await page.getByLabel('Backup code').fill(codes[0] ?? '')
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.waitForURL(here.addressOf('dashboard'))
    await close()
  })

  test('[SEC-14] a passkey signs in without a password', async () => {
    const person = here.person('admin@northwind.example')
    const { page, open, context, close } = await here.visitor()
    const devTools = await context.newCDPSession(page)
    await devTools.send('WebAuthn.enable')
    const options = {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
    } as const
    await devTools.send('WebAuthn.addVirtualAuthenticator', { options: { ...options, automaticPresenceSimulation: true } })
    await open(here.addressOf('northwind', '/sign-in'))
    await signIn(page, person)
    const registered = await page.evaluate(async (password) => {
      const post = async (path: string, body: unknown) => {
        const headers = { 'content-type': 'application/json' }
        return (await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })).json()
      }
      const { challenge, options } = await post('/v1/me/passkeys/options', { password })
      const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options)
      const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential
      return post('/v1/me/passkeys', { challenge, name: 'A key', response: made.toJSON() })
    }, person.password)
    expect(registered).toMatchObject({ name: 'A key' })
    await context.clearCookies()
    await open(here.addressOf('northwind', '/sign-in'))
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.waitForURL(here.addressOf('northwind'))
    await portal(page)
    await close()
  })

  test('[SEC-17] where the system is open anybody opens a tenant of his own, by a mail', async () => {
    const email = someone()
    const { page, open, complaints, close } = await here.visitor()
    await open(here.addressOf('', '/'))
    await page.getByRole('link', { name: 'Open an account' }).click()
    await page.getByLabel('Name of your company').fill('Northwind')
    await page.getByText('This address is taken.').waitFor()
    await page.getByLabel('Name of your company').fill('Bakery & Söhne')
    expect(await page.getByLabel('Address', { exact: true }).inputValue()).toBe('bakery-sohne')
    await page.getByText('This address can be had.').waitFor()
    await page.getByLabel('Mail address').fill(email)
    await page.getByRole('button', { name: 'Send the mail' }).click()
    await page.getByText(email).waitFor()
    await open(linkIn(await here.mailTo(email)))
    await page.getByLabel('Your name').fill('Berta Baker')
    await page.getByLabel('New password').fill('bread and butter and salt')
    await page.getByRole('button', { name: 'Make the account' }).click()
    await page.waitForURL(here.addressOf('bakery-sohne'))
    await portal(page)
    expect(complaints.filter((each) => !each.includes('401'))).toEqual([])
    await close()
  })

  test('[SEC-17] who belongs to no tenant and has a second factor opens one by password and code, and is in with the next code', async () => {
    const { email, password, code } = await somebodyWithFactor()
    const body = { email, system: 'bms', slug: 'second-start', tenantName: 'Second Start' }
    const asked = await here.tenantry.app.inject({ method: 'POST', url: '/v1/sign-ups', headers: { host: 'localhost' }, body })
    expect(asked.statusCode, asked.body).toBe(202)
    const { page, open, complaints, close } = await here.visitor()
    await open(linkIn(await here.mailTo(email, /Second Start/)))
    const confirm = page.getByRole('button', { name: 'Make the account' })
    await page.getByLabel('Your name').fill('Somebody Else')
    await page.getByLabel('New password').fill('whatever is typed first')
    await confirm.click()
    await page.getByText('There is an account for this address already').waitFor()
    await page.getByLabel('Password', { exact: true }).fill(password)
    await confirm.click()
    await page.getByText('This account has a second factor').waitFor()
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByLabel('Code', { exact: false }).fill(await code(0))
    await confirm.click()
    await page.getByRole('heading', { name: 'Second step' }).waitFor()
    await page.getByLabel('Code', { exact: false }).fill(await code(1))
    await page.keyboard.press('Enter')
    await page.waitForURL(here.addressOf('second-start'))
    await portal(page)
    expect(complaints.filter((each) => !each.includes('401'))).toEqual([])
    await close()
  })

  test('on a host of a tenant there is no sign-up, and no first page of the platform', async () => {
    const { page, open, close } = await here.visitor()
    await open(here.addressOf('northwind', '/sign-up'))
    expect(await heading(page).innerText()).toMatch(/Nobody can open/)
    expect(await page.content()).not.toMatch(/One platform/)
    await close()
  })

  test('every page of the ways in passes axe: light, dark, phone, right to left, with long words', async () => {
    const pages: [string, string][] = [
      ['', '/'],
      ['', '/sign-in'],
      ['', '/sign-up'],
      ['northwind', '/sign-in'],
      ['northwind', '/reset-password'],
      ['northwind', '/reset-password#token=x'],
      ['northwind', '/verify-email'],
      ['northwind', '/verify-email#token=x'],
      ['northwind', '/invitation#token=x'],
      ['northwind', '/hand-off#token=x'],
      ['dashboard', '/operators/accept#token=x'],
    ]
    const looks = [
      ['light', 'en'],
      ['dark', 'ar-XB'],
      ['light', 'en-XA'],
    ] as const
    for (const [colorScheme, language] of looks) {
      const { page, open, close } = await here.visitor({ colorScheme, viewport: { width: 360, height: 640 } })
      for (const [slug, path] of pages) {
        const [plain = '', fragment = ''] = path.split('#')
        await open(`${here.addressOf(slug, plain)}?lang=${language}#${fragment}`)
        const found = await faultsIn(page)
        const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
        expect([slug, path, language, colorScheme, found, isTooWide]).toEqual([slug, path, language, colorScheme, [], false])
      }
      await close()
    }
  }, 300_000)

  test('with the keyboard alone one signs in', async () => {
    const { page, open, close } = await here.visitor()
    const { email, password } = here.person('user@northwind.example')
    await open(here.addressOf('northwind', '/sign-in'))
    await page.keyboard.type(email)
    await page.keyboard.press('Tab')
    await page.keyboard.type(password)
    await page.keyboard.press('Enter')
    await page.waitForURL(here.addressOf('northwind'))
    await portal(page)
    await close()
  })

  test('[SEC-1] a German customer’s page is German for whoever has chosen nothing, and his own choice is kept', async () => {
    await speakGerman('demo-corp')
    const { page, open, close } = await here.visitor({ locale: 'en-GB' })
    await open(here.addressOf('demo-corp', '/sign-in'))
    await page.getByRole('button', { name: 'Anmelden', exact: true }).waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('de')
    await page.getByRole('button', { name: 'English' }).click()
    await stillness(page)
    await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor()
    await open(here.addressOf('demo-corp', '/reset-password'))
    expect(await page.locator('html').getAttribute('lang')).toBe('en')
    await close()
  })

  async function speakGerman(slug: string): Promise<void> {
    const { services, directory } = here.tenantry
    const tenant = await directory.tenantBySlug(slug)
    if (tenant === undefined) throw new Error('The demo has no such customer.')
    const scope = here.tenantry.scope({ tenantId: tenant.id, actor: { kind: 'system', id: tenant.id } })
    await services.tenants.update(scope, { locale: 'de-DE' }, undefined)
  }
})

function fromBase32(text: string): string {
  const bits = [...text].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2))).toString()
}
