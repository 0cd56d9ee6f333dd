export interface NginxOptions {
  readonly host: string
  /** Where Tenantry listens, `127.0.0.1:4400`. */
  readonly upstream: string
  /** Where certbot puts what the authority asks for. */
  readonly webroot: string
  /** The folder of `fullchain.pem` and `privkey.pem`; default certbot's. */
  readonly certificateFolder?: string
}

/**
 * For those who use nginx and certbot: one file per domain, and the commands that get and keep its certificate.
 *
 * @example
 * const { file } = nginxConfiguration({ host: 'cloud.client.co.uk', upstream: '127.0.0.1:4400', webroot: '/var/www/certbot' })
 */
export function nginxConfiguration(options: NginxOptions): { readonly file: string; readonly commands: readonly string[] } {
  const { host, upstream, webroot } = options
  const folder = options.certificateFolder ?? `/etc/letsencrypt/live/${host}`
  const file = `# ${host}: made by \`tenantry domain nginx\`, to be made again rather than edited.
server {
  listen 80;
  listen [::]:80;
  server_name ${host};

  location /.well-known/acme-challenge/ {
    root ${webroot};
  }
  location / {
    return 301 https://$host$request_uri;
  }
}

server {
  listen 443 ssl;
  listen [::]:443 ssl;
  server_name ${host};

  ssl_certificate ${folder}/fullchain.pem;
  ssl_certificate_key ${folder}/privkey.pem;
  ssl_protocols TLSv1.2 TLSv1.3;

  # Imports and live streams: nothing is kept back on its way, and sizes are judged behind this.
  client_max_body_size 0;
  proxy_buffering off;
  proxy_request_buffering off;

  location / {
    proxy_pass http://${upstream};
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-Host $host;
    proxy_set_header X-Tenant-ID "";
    proxy_read_timeout 1h;
  }
}
`
  const commands = [
    `certbot certonly --webroot --webroot-path ${webroot} --domain ${host} --non-interactive --agree-tos`,
    'nginx -t && nginx -s reload',
  ]
  return { file, commands }
}
