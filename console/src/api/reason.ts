/** A reason as the header wants it: UTF-8, which `fetch` takes only one byte per character. */
export function reasonHeader(reason: string): { 'Tenantry-Reason': string } {
  return { 'Tenantry-Reason': String.fromCharCode(...new TextEncoder().encode(reason)) }
}
