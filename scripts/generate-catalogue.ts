// npm run generate: writes platform/sql/catalogue.txt, all that the platform's migrations make. With --check it only compares.
import { readFileSync, writeFileSync } from 'node:fs'
import { readCatalogue } from '../platform/src/database/catalogue.ts'
import { roleNames } from '../platform/src/database/role-names.ts'
import { setup } from '../platform/src/testing/global-setup.ts'
import { testDatabase } from '../platform/src/testing/test-database.ts'

const file = new URL('../platform/sql/catalogue.txt', import.meta.url)

const stop = await setup()
try {
  const database = await testDatabase()
  const catalogue = await readCatalogue(database.adminUrl, roleNames(database.appUrl))
  await database.drop()
  if (!process.argv.includes('--check')) {
    writeFileSync(file, catalogue)
  } else if (readFileSync(file, 'utf8') !== catalogue) {
    console.error(
      'platform/sql/catalogue.txt is not what the migrations make. Run npm run generate, and read its diff before you commit it.',
    )
    process.exitCode = 1
  }
} finally {
  await stop?.()
}
