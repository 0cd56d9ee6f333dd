import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import packet from 'dns-packet'

export interface NameServer {
  /** `127.0.0.1:5353` */
  readonly address: string
  /** Records by name and type, `cloud.client.example CNAME`; what is not there does not exist. May be changed at any time. */
  readonly records: Map<string, readonly string[]>
  /** From now on it answers SERVFAIL to everything, or again what it knows. */
  fail(failing: boolean): void
  close(): void
}

/** A name server on loopback that speaks DNS over UDP. */
export async function nameServer(): Promise<NameServer> {
  const records = new Map<string, readonly string[]>()
  let failing = false
  const socket = createSocket('udp4', (message, from) => {
    const query = packet.decode(message)
    const [question] = query.questions ?? []
    if (question === undefined) return
    const known = records.get(`${question.name.toLowerCase()} ${question.type}`)
    const exists = known !== undefined || [...records.keys()].some((key) => key.startsWith(`${question.name.toLowerCase()} `))
    const code = failing ? 2 : exists ? 0 : 3
    const answers = (failing ? [] : (known ?? [])).map((data) => ({ type: question.type, name: question.name, ttl: 1, data }))
    const flags = packet.RECURSION_DESIRED | packet.RECURSION_AVAILABLE | code
    const response = { type: 'response', id: query.id ?? 0, flags, questions: [question], answers } as packet.Packet
    socket.send(packet.encode(response), from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    address: `127.0.0.1:${socket.address().port}`,
    records,
    fail: (fails) => {
      failing = fails
    },
    close: () => socket.close(),
  }
}
