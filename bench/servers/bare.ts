// The least that reads a row over HTTP: node:http, pg's pool, a prepared statement; no tenants, no keys, no log.
import pg from 'pg'
import { listen, serveFor } from './serve.ts'

const text = 'select id, name, address, time_zone, network_id, version, created_at, updated_at from buildings where id = $1'

serveFor((address) => {
  const pool = new pg.Pool({ connectionString: address, max: 10 })
  return listen(
    (request, response) => {
      const id = (request.url ?? '').slice('/v1/bms/buildings/'.length)
      pool.query({ name: 'building', text, values: [id] }).then(
        ({ rows }) => {
          const body = JSON.stringify(rows[0])
          response.writeHead(200, {
            'content-type': 'application/json; charset=utf-8',
            'content-length': Buffer.byteLength(body),
          })
          response.end(body)
        },
        () => {
          response.writeHead(500)
          response.end()
        },
      )
    },
    () => pool.end(),
  )
})
