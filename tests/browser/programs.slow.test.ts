import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { sql } from 'tenantry'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isSignedWith, type Receiver, receiver } from '../../platform/src/webhooks/webhooks.test-support.ts'
import { type ConsoleInBrowser, chromiumMissing, startConsole, type Visitor } from './browser.test-support.ts'
import { callApi } from './pages.test-support.ts'

if (chromiumMissing !== undefined) console.error(chromiumMissing)

const actor = { kind: 'system', id: '018f0000-0000-7000-8000-00000000000f' } as const
const patience = { timeout: 30_000 }

describe.skipIf(chromiumMissing !== undefined)(
  'the programs of a tenant in its portal, and what is kept of what happened',
  () => {
    let here: ConsoleInBrowser
    let owner: Visitor
    let page: Page
    let hook: Receiver
    let credential = ''

    beforeAll(async () => {
      hook = await receiver()
      here = await startConsole({ configuration: { outboundAllowed: ['127.0.0.1/32'] } })
      owner = await here.visitorAs(here.person('owner@northwind.example'), 'northwind')
      page = owner.page
    }, 300_000)
    afterAll(async () => {
      hook?.close()
      await here?.close()
    })

    const open = (path: string) => owner.open(here.addressOf('northwind', path))
    const row = (name: string | RegExp) => page.getByRole('row', { name })
    const dialog = () => page.getByRole('dialog')
    const act = async (name: string, item: string) => {
      await page.getByRole('button', { name: `Actions for ${name}` }).click()
      await page.getByRole('menuitem', { name: item }).click()
    }
    const shownOnce = async () => {
      const text = await dialog().locator('pre').first().innerText()
      await page.getByRole('button', { name: 'I have stored it' }).click()
      return text
    }
    const saved = async (button: ReturnType<Page['getByRole']>) => {
      const [download] = await Promise.all([page.waitForEvent('download'), button.click()])
      return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') }
    }

    test('[FIN-6] a key is shown once, works, and the page says that it was used and the call is seen live', async () => {
      await open('/keys?new=1')
      await dialog().getByRole('textbox', { name: 'Name' }).fill('Gateway')
      await dialog()
        .getByLabel(/bms\.buildings:write/)
        .check()
      await dialog()
        .getByLabel(/bms\.buildings:read/)
        .check()
      await dialog().getByRole('button', { name: 'Create' }).click()
      credential = await shownOnce()
      await expect.poll(() => row(/Gateway/).innerText(), patience).toMatch(/never/i)

      const watcher = await owner.context.newPage()
      await watcher.goto(here.addressOf('northwind', '/events?type=bms.building'))
      const streams = watcher.waitForResponse(/\/v1\/events\/stream/)
      await watcher.reload()
      await streams
      await callApi(here, credential, 'POST', '/v1/bms/buildings', { name: 'Built by the gateway', timeZone: 'Europe/London' })
      await watcher.getByRole('row', { name: /bms\.building\.created.*Built by the gateway/ }).waitFor(patience)
      await watcher.close()
      await expect.poll(() => row(/Gateway/).innerText(), { timeout: 60_000 }).toMatch(/ago|now/)
      await page.reload()
      await row(/Gateway/).waitFor(patience)
      expect(await page.content()).not.toContain(credential)
    }, 240_000)

    test('[FIN-6] a rotated key has a successor that may the same; a revoked one is out', async () => {
      await open('/keys')
      await act('Gateway', 'Rotate')
      await dialog().getByRole('button', { name: 'Rotate' }).click()
      const successor = await shownOnce()
      expect(successor).not.toBe(credential)
      await callApi(here, successor, 'GET', '/v1/bms/buildings?limit=1')
      await callApi(here, credential, 'GET', '/v1/bms/buildings?limit=1')
      await page.getByRole('button', { name: 'Actions for Gateway' }).last().click()
      await page.getByRole('menuitem', { name: 'Revoke' }).click()
      await dialog().getByLabel('Name').fill('Gateway')
      await dialog().getByRole('button', { name: 'Revoke' }).click()
      await row(/revoked/i).waitFor(patience)
      await expect.poll(() => callApi(here, credential, 'GET', '/v1/session').catch(String), patience).toContain('401')
      await callApi(here, successor, 'GET', '/v1/bms/buildings?limit=1')
    }, 240_000)

    test('a webhook is made, tested, and a delivery sent again, all of it signed with the secret that was shown once', async () => {
      await open('/webhooks?new=1')
      await dialog().getByLabel('Address').fill(hook.url)
      await dialog().getByRole('button', { name: 'Create' }).click()
      const secret = await shownOnce()
      await page.getByRole('link', { name: hook.url }).click()
      await page.getByRole('button', { name: 'Send a test' }).click()
      await expect.poll(() => row(/webhook\.test/).innerText(), patience).toMatch(/delivered/i)
      const received = () => hook.received.filter(({ body }) => body.type === 'webhook.test')
      expect(received().map((letter) => isSignedWith(secret, letter))).toEqual([true])
      await page.getByRole('button', { name: 'Send webhook.test again' }).click()
      await expect.poll(() => received().length, patience).toBe(2)
      expect(new Set(received().map(({ id }) => id)).size).toBe(1)
    }, 240_000)

    test('[SEC-5] the log of changes is filtered, says who by name, and goes into a CSV as it is filtered', async () => {
      await open('/audit')
      await page.getByLabel('Action').fill('platform.webhook*')
      await page.getByLabel('Action').fill('bms.buildings.*')
      await expect.poll(() => page.url(), patience).toContain('action=bms.buildings')
      await page
        .getByRole('button', { name: /bms\.buildings\./ })
        .first()
        .click()
      await dialog().getByText('Built by the gateway').waitFor(patience)
      expect(await dialog().innerText()).toContain('Gateway')
      await page.keyboard.press('Escape')
      const { name, text } = await saved(page.getByRole('button', { name: 'CSV' }))
      expect(name).toBe('northwind-changes.csv')
      const [header, ...lines] = text.trim().split('\n')
      expect(header).toContain('id,at,actorKind,actorId')
      expect(lines.length).toBeGreaterThan(0)
      expect(text).toContain('Built by the gateway')
      expect(text).not.toContain('platform.')
    }, 240_000)

    test('[SEC-5] the proof of the log is saved with its seals', async () => {
      await open('/audit?tab=seals')
      const proof = await saved(page.getByRole('button', { name: 'Log with its seals' }))
      expect(JSON.parse(proof.text.split('\n')[0] ?? '').kind).toBe('export')
      const keys = await saved(page.getByRole('button', { name: 'Public keys' }))
      expect(JSON.parse(keys.text).keys[0].algorithm).toBe('Ed25519')
    }, 240_000)

    test('what is here can be taken along: members, and settings that are brought back', async () => {
      await open('/data')
      const members = await saved(page.getByRole('button', { name: 'Download Members' }))
      expect(members.text).toContain('owner@northwind.example')
      const settings = JSON.parse((await saved(page.getByRole('button', { name: 'Download Settings' }))).text).settings
      const choose = (text: string) =>
        page
          .locator('input[type=file]')
          .setInputFiles({ name: 'settings.json', mimeType: 'application/json', buffer: Buffer.from(text) })
      await choose('no settings')
      await page.getByText('This is no export of settings.').waitFor(patience)
      await choose(JSON.stringify({ settings: { ...settings, 'security.failed_sign_ins': 17 } }))
      await dialog().getByText('security.failed_sign_ins').waitFor(patience)
      await dialog().getByRole('button', { name: 'Set them' }).click()
      await page.getByText(/settings? (was|were) set\./).waitFor(patience)
      const { value } = await callApi(here, here.tenants.northwind?.key ?? '', 'GET', '/v1/settings/security.failed_sign_ins')
      expect(value).toBe(17)
    }, 240_000)

    test('[SEC-8] a notification rings while the page is open, and is read once', async () => {
      await open('/notifications')
      await page.getByRole('link', { name: /Notifications: 0 not read/ }).waitFor(patience)
      const { tenantry, tenants } = here
      const inTenant = tenantry.scope({ tenantId: tenants.northwind?.id ?? '', actor })
      await inTenant.run(sql`select tenantry.emit('invoice.failed', ${randomUUID()}::uuid, '{"number": "NW-7"}'::jsonb)::text`, {
        lane: 'write',
      })
      await page.getByRole('link', { name: /Notifications: 1 not read/ }).waitFor(patience)
      await page.getByRole('listitem').filter({ hasText: 'Invoice NW-7 could not be collected.' }).waitFor(patience)
      await page.getByRole('button', { name: 'Mark all as read' }).click()
      await page.getByRole('link', { name: /Notifications: 0 not read/ }).waitFor(patience)
      await page.getByRole('heading', { name: 'All are read' }).waitFor(patience)
    }, 240_000)

    test('no page complained', () => {
      expect(owner.complaints).toEqual([])
    })
  },
)
