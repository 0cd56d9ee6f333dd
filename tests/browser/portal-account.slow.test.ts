import { createOTP } from '@better-auth/utils/otp'
import { bms } from '@tenantry/bms'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { base32 } from '../../platform/src/identity/identity.test-support.ts'
import {
  chromiumMissing,
  complaintsOf,
  openStage,
  type Stage,
  type StageMember,
  type StageTenant,
  signedInPage,
  stillness,
} from './browser.test-support.ts'

if (chromiumMissing !== undefined) console.error(chromiumMissing)

/** Of a machine that does much else. */
const patience = { timeout: 60_000 }

describe.skipIf(chromiumMissing !== undefined)('one’s own account in the portal', { timeout: 240_000 }, () => {
  let stage: Stage
  let tenant: StageTenant
  let member: StageMember
  let page: Page

  beforeAll(async () => {
    stage = await openStage([bms])
    tenant = await stage.tenant({ name: 'Northwind' })
    member = await tenant.member('admin')
    page = await signedInPage(stage, member)
    page.setDefaultTimeout(patience.timeout)
    await page.goto(`${tenant.origin}/account`)
    await stillness(page)
  }, 300_000)
  afterAll(() => stage?.close())

  const section = (name: string) => page.locator('section').filter({ has: page.getByRole('heading', { name, exact: true }) })
  const dialog = () => page.getByRole('dialog')

  test('the page is reached from the menu of one’s own, and a new name shows there', async () => {
    await page.getByLabel('Your name').fill('Nora North')
    await section('You').getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved.').waitFor()
    await page.goto(`${tenant.origin}/`)
    await page.getByRole('button', { name: 'Your menu' }).click()
    await page.getByRole('menuitem', { name: 'Your account' }).click()
    await expect.poll(() => page.getByLabel('Your name').inputValue(), patience).toBe('Nora North')
  })

  test('another browser is signed out from here, at once', async () => {
    const other = await signedInPage(stage, member)
    await page.reload()
    const sessions = section('Where you are signed in')
    await expect.poll(() => sessions.locator('tbody tr').count(), patience).toBe(2)
    await sessions.getByRole('button', { name: 'Sign out everywhere else' }).click()
    await expect.poll(() => sessions.locator('tbody tr').count(), patience).toBe(1)
    await sessions.getByText('This one').waitFor()
    await other.goto(`${tenant.origin}/account`)
    await other.waitForURL(/\/sign-in\?next=/)
    await other.context().close()
  })

  test('a wrong password is said, and signs nobody out; the right one makes a picture, a first code backup codes', async () => {
    const codes = section('Codes of an app')
    await codes.getByRole('button', { name: 'Set up codes' }).click()
    await dialog().getByLabel('Your password').fill('wrong')
    await dialog().getByRole('button', { name: 'Go on' }).click()
    await dialog().getByRole('alert').waitFor()
    await dialog().getByLabel('Your password').fill(member.password)
    await dialog().getByRole('button', { name: 'Go on' }).click()
    await dialog().getByAltText('QR code for the app').waitFor()
    const secret = (await dialog().locator('pre').textContent()) ?? ''
    const app = createOTP(base32(secret), { digits: 6, period: 30 })
    await dialog()
      .getByRole('textbox', { name: 'Code' })
      .fill(await app.hotp(Math.floor(stage.tenantry.directory.clock() / 30_000)))
    await dialog().getByRole('button', { name: 'Confirm' }).click()
    await dialog().getByText('Each signs you in once').waitFor()
    expect(await dialog().locator('li').count()).toBe(10)
    await dialog().getByRole('button', { name: 'I have them' }).click()
    await codes.getByText('On', { exact: true }).waitFor()
  })

  test('a passkey is added by the device, and removed by its name', async () => {
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('WebAuthn.enable')
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    })
    const passkeys = section('Passkeys')
    await passkeys.getByRole('button', { name: 'Add a passkey' }).click()
    await dialog().getByLabel('Name').fill('Laptop')
    await dialog().getByLabel('Your password').fill(member.password)
    await dialog().getByRole('button', { name: 'Go on' }).click()
    await passkeys.getByText('Laptop').waitFor()
    await passkeys.getByRole('button', { name: 'Remove the passkey Laptop' }).click()
    await dialog().getByLabel('Name').fill('Laptop')
    await dialog().getByRole('button', { name: 'Remove' }).click()
    await passkeys.getByText('You have none yet').waitFor()
  })

  test('the list of allowed addresses does not shut out whoever writes it', async () => {
    await page.goto(`${tenant.origin}/security`)
    await page.getByLabel('Networks').fill('192.0.2.0/24')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('alert').getByText('Would shut yourself out').waitFor()
    await page.getByRole('button', { name: 'Add your address' }).click()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('The list is saved.').waitFor()
    expect((await tenant.call('GET', '/v1/allowed-addresses')).ranges.length).toBe(2)
    const complaints = complaintsOf.get(page) ?? []
    expect(complaints.filter((text) => !text.includes('status of 4'))).toEqual([])
  })
})
