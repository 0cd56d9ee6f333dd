const colon = 58
const backslash = 92

/** Whether an object of a well-formed JSON text names a key twice: `value`, which is what the text was parsed to, has fewer then. */
export function namesKeyTwice(text: string, value: unknown): boolean {
  return keysWritten(text) > keysKept(value)
}

function keysKept(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let count = Array.isArray(value) ? 0 : Object.keys(value).length
  for (const each of Array.isArray(value) ? value : Object.values(value)) {
    if (typeof each === 'object') count += keysKept(each)
  }
  return count
}

/** Strings that a colon follows. From quote to quote, which leaves most of the looking to the engine. */
function keysWritten(text: string): number {
  let count = 0
  for (let start = text.indexOf('"'); start >= 0; ) {
    const end = endOfString(text, start)
    let next = end + 1
    while (isBlank(text.charCodeAt(next))) next++
    if (text.charCodeAt(next) === colon) count++
    start = text.indexOf('"', next)
  }
  return count
}

/** The closing quote of the string that opens at `start`: the first with an even number of backslashes before it. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); ; at = text.indexOf('"', at + 1)) {
    let before = at - 1
    while (text.charCodeAt(before) === backslash) before--
    if ((at - before) % 2 === 1) return at
  }
}

function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13)
}
