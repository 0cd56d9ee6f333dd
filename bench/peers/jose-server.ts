// The usual way: an EdDSA token verified for each request, the tenant set in a transaction around each read.
import { importSPKI, jwtVerify } from 'jose'
import pg from 'pg'
import { listen, serveFor } from '../servers/serve.ts'

const text = 'select id, name, address, time_zone, network_id, version, created_at, updated_at from bms.buildings where id = $1'

serveFor(async ({ address, key }: { readonly address: string; readonly key: string }) => {
  const publicKey = await importSPKI(key, 'EdDSA')
  const pool = new pg.Pool({ connectionString: address, max: 10 })

  async function read(authorization: string | undefined, id: string): Promise<string> {
    const { payload } = await jwtVerify((authorization ?? '').slice('Bearer '.length), publicKey, {
      issuer: 'bench',
      audience: 'bench',
      algorithms: ['EdDSA'],
    })
    const client = await pool.connect()
    try {
      await client.query('BEGIN')
      await client.query({
        name: 'context',
        text: "select set_config('tenantry.tenant', $1, true), set_config('tenantry.reach', 'all', true)",
        values: [payload.tid],
      })
      const { rows } = await client.query({ name: 'building', text, values: [id] })
      await client.query('COMMIT')
      return JSON.stringify(rows[0])
    } finally {
      client.release()
    }
  }

  return listen(
    (request, response) => {
      read(request.headers.authorization, (request.url ?? '').slice('/v1/bms/buildings/'.length)).then(
        (body) => {
          response.writeHead(200, {
            'content-type': 'application/json; charset=utf-8',
            'content-length': Buffer.byteLength(body),
          })
          response.end(body)
        },
        () => {
          response.writeHead(401)
          response.end()
        },
      )
    },
    () => pool.end(),
  )
})
