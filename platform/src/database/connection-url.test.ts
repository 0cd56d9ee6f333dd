import pg from 'pg'
import { expect, test } from 'vitest'
import { databaseOf, passwordOf, userOf, withDatabase, withUser } from './connection-url.ts'

const forms = [
  'postgres://acme_app:p%40ss%2Fword@db.example.org:6432/acme?sslmode=verify-full',
  'postgres://acme_app:p%40ss%2Fword@/acme?host=/run/postgresql',
  'postgres://acme_app:p%40ss%2Fword@%2Frun%2Fpostgresql:5432/acme',
  'postgresql://acme_app:p%40ss%2Fword@[::1]/acme',
]

test.each(forms)('%s keeps its server while user and database change', (form) => {
  expect([userOf(form), passwordOf(form), databaseOf(form)]).toEqual(['acme_app', 'p@ss/word', 'acme'])
  const before = new pg.Client({ connectionString: form })
  const after = new pg.Client({ connectionString: withDatabase(withUser(form, 'other', 'a:b@c/d'), 'second') })
  expect([after.user, after.password, after.database]).toEqual(['other', 'a:b@c/d', 'second'])
  expect([after.host, after.port]).toEqual([before.host, before.port])
})

test('an address that cannot be read is refused without being shown, because it holds a password', () => {
  for (const address of [
    'postgres://acme_app:hunter2@host:port/acme',
    'acme_app:hunter2@host/acme',
    'mysql://acme_app:hunter2@host/acme',
  ]) {
    expect(() => userOf(address)).toThrow(
      /^A database address is not valid\. Write it as postgres:\/\/user:password@host:5432\/database\.$/,
    )
  }
})
