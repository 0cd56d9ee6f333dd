import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ConsoleInBrowser, chromiumMissing, signIn, startConsole } from './browser.test-support.ts'

describe.skipIf(chromiumMissing !== undefined)(`signing in by the page ${chromiumMissing ?? ''}`, () => {
  let here: ConsoleInBrowser
  beforeAll(async () => {
    here = await startConsole()
  }, 240_000)
  afterAll(() => here?.close())

  test('[SEC-1] a member signs in on the host of the tenant, and comes to the page that was asked for', async () => {
    const { page, open, complaints, context } = await here.visitor()
    await open(here.addressOf('northwind', '/?tab=one'))
    expect(new URL(page.url()).pathname).toBe('/sign-in')
    await signIn(page, here.person('viewer@northwind.example'))
    expect(page.url()).toBe(here.addressOf('northwind', '/?tab=one'))
    await page.getByRole('navigation').waitFor()
    const [cookie] = await context.cookies()
    expect(cookie).toMatchObject({
      name: '__Host-session',
      httpOnly: true,
      secure: true,
      sameSite: 'Lax',
      domain: 'northwind.localhost',
    })
    expect(complaints.filter((each) => !each.includes('401'))).toEqual([])
  })

  test('an operator signs in with the code of the app', async () => {
    const { page, open } = await here.visitor()
    await open(here.addressOf('dashboard', '/sign-in'))
    await signIn(page, here.operator)
    expect(page.url()).toBe(here.addressOf('dashboard'))
    await page.getByRole('navigation').waitFor()
  })

  test('who is signed in already sees the page at once', async () => {
    const member = await here.visitorAs(here.person('owner@harbour.example'), 'harbour')
    await member.open(here.addressOf('harbour'))
    expect(member.page.url()).toBe(here.addressOf('harbour'))
    const operator = await here.visitorAs(here.operator, 'dashboard')
    await operator.open(here.addressOf('dashboard'))
    expect(operator.page.url()).toBe(here.addressOf('dashboard'))
    expect([...member.complaints, ...operator.complaints]).toEqual([])
  })
})
