import { claimableHost } from '../../domains/claimable-host.ts'
import { nginxConfiguration } from '../../domains/nginx-configuration.ts'
import type { Call } from '../command.ts'
import { usage } from '../refusal.ts'

/** Needs no database: the file is right for any domain, and behind it a domain that is not served answers 404. */
export async function run({ arguments: [name = ''], options, configuration, out }: Call): Promise<undefined> {
  const host = claimableHost(name, configuration.baseDomain)
  const upstream = options.text('upstream') ?? `127.0.0.1:${configuration.port}`
  const webroot = options.text('webroot') ?? '/var/www/certbot'
  // Both go into the file as they are.
  if (!/^[a-z0-9.:[\]-]+$/i.test(upstream)) throw usage('--upstream is an address with a port, such as 127.0.0.1:4400.')
  if (!/^\/[\w./-]*$/.test(webroot)) throw usage('--webroot is an absolute folder without spaces.')
  const { file, commands } = nginxConfiguration({ host, upstream, webroot })
  out.result({ host, file, commands }, () => file)
  out.say(['Then:', ...commands.map((command) => `  ${command}`)].join('\n'))
  return undefined
}
