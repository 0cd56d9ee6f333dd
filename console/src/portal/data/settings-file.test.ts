import { expect, test } from 'vitest'
import { settingsIn } from './settings-file.ts'

test('an export of settings is read as it was written', () => {
  expect(settingsIn('{"settings": {"security.session_days": 7}}')).toEqual({ settings: { 'security.session_days': 7 } })
})

test.each(['', 'name,email', '[]', 'null', '{"settings": []}', '{"settings": null}', '{"setting": {}}'])(
  'what is no export is not taken: %s',
  (text) => {
    expect(settingsIn(text)).toBeUndefined()
  },
)
