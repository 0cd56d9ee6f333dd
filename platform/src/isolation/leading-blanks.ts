/**
 * Where a statement begins behind blanks and comments, as PostgreSQL's scanner sees it: block comments nest, and a line comment
 * ends at a carriage return as well. Read more loosely, a BEGIN behind nested comments passes for the select inside them.
 */
export function afterLeadingBlanks(text: string): number {
  let at = 0
  while (at < text.length) {
    if (/[ \t\n\r\f\v]/.test(text.charAt(at))) at++
    else if (text.startsWith('--', at)) at = endOfLine(text, at)
    else if (text.startsWith('/*', at)) at = endOfComment(text, at)
    else break
  }
  return at
}

function endOfLine(text: string, from: number): number {
  const length = text.slice(from).search(/[\n\r]/)
  return length < 0 ? text.length : from + length
}

function endOfComment(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; ) {
    if (text.startsWith('/*', at)) {
      depth++
      at += 2
    } else if (text.startsWith('*/', at)) {
      depth--
      at += 2
      if (depth === 0) return at
    } else {
      at++
    }
  }
  return text.length
}
