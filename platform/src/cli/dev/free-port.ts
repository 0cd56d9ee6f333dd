import { createServer } from 'node:net'
import { Refusal } from '../refusal.ts'

/** From here on systems hand out ports by themselves, so a port that was free a moment ago is often not. */
const firstEphemeralPort = 32_768

/** The port itself or, when it may be another one, the next that nobody listens on. */
export async function freePort(host: string, wanted: number, exactly: boolean): Promise<number> {
  if (wanted === 0 || (await isFree(host, wanted))) return wanted
  if (exactly) throw new Refusal('port_taken', `Something else listens on ${host}:${wanted}. Name another port by --port.`)
  for (let port = wanted + 1; port < firstEphemeralPort; port += 1) if (await isFree(host, port)) return port
  throw new Refusal('port_taken', `No port from ${wanted} on is free.`)
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false)
      else reject(error)
    })
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)))
  })
}
