import { describe, expect, it } from 'vitest'
import { parseHost } from './request-host.ts'

describe('a host is read', () => {
  it.each([
    ['Acme.Example.COM', 'acme.example.com', undefined],
    ['acme.example.com.:8443', 'acme.example.com', 8443],
    ['acme.localhost:3000', 'acme.localhost', 3000],
    ['127.0.0.1:80', '127.0.0.1', 80],
    ['[::1]:3000', '::1', 3000],
    ['[2001:DB8::1]', '2001:db8::1', undefined],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example', undefined],
  ])('%s', (header, name, port) => {
    expect(parseHost(header)).toEqual({ name, port })
  })
})

describe('what two programs could read differently is no host', () => {
  it.each([
    undefined,
    '',
    ' ',
    ':80',
    'a b',
    'a@b',
    'user:pw@acme.example',
    'acme.example/x',
    'acme.example?x',
    'acme.example#x',
    'acme%2eexample',
    'acme.example:0',
    'acme.example:65536',
    'acme.example:8a',
    'acme.example:',
    'a..b',
    '.a',
    'a.b..',
    '-a.example',
    'a-.example',
    'a.example, b.example',
    'bücher.example',
    '127.1',
    '0x7f.0x1',
    '1.2.3.4.5',
    '256.1.1.1',
    '[::1',
    '[::1]x',
    '[fe80::1%25eth0]',
    '[127.0.0.1]',
    '::1',
    'a\\b',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(130)}b`,
  ])('%j', (header) => {
    expect(parseHost(header)).toBeUndefined()
  })
})
