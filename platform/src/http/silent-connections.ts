import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Connections over which nothing has come yet: browsers and fetch open them ahead. To Node they are not idle, because they
 * wait for a first request, and a stop would wait with them until a timeout.
 */
export function trackSilentConnections(server: Server): { close(): void } {
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  return {
    close() {
      for (const socket of open) if (socket.bytesRead === 0) socket.destroy()
    },
  }
}
