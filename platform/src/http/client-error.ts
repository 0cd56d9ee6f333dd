import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { problems } from '../problems/catalogue.ts'
import type { Problem } from '../problems/problem.ts'
import { type AdviceByCode, problemDocument } from './problem-document.ts'

/** Answers what Node could not read as a request: there is no request or reply yet, so the bytes are written by hand. */
export function createClientErrorHandler(advice: AdviceByCode) {
  return (error: Error & { code?: string }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable || socket.destroyed) {
      socket.destroy()
      return
    }
    const problem = problemFor(error.code)
    const body = problemDocument(problem, advice)
    socket.end(
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\n` +
        'Content-Type: application/problem+json; charset=utf-8\r\n' +
        'Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n' +
        `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
  }
}

function problemFor(code: string | undefined): Problem {
  if (code === 'HPE_HEADER_OVERFLOW') return problems.headers_too_large('The headers are larger than this server reads.')
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return problems.request_timeout('The request did not arrive in time.')
  return problems.invalid_request('This is not a well-formed HTTP request.')
}
