const accents: Readonly<Record<string, string>> = {
  a: 'á', c: 'ç', d: 'ð', e: 'é', g: 'ĝ', h: 'ĥ', i: 'í', j: 'ĵ', k: 'ķ', l: 'ļ', n: 'ñ', o: 'ó', r: 'ŕ', s: 'š', t: 'ţ', u: 'ú', w: 'ŵ', y: 'ý', z: 'ž',
  A: 'Á', C: 'Ç', D: 'Ð', E: 'É', G: 'Ĝ', H: 'Ĥ', I: 'Í', J: 'Ĵ', K: 'Ķ', L: 'Ļ', N: 'Ñ', O: 'Ó', R: 'Ŕ', S: 'Š', T: 'Ţ', U: 'Ú', W: 'Ŵ', Y: 'Ý', Z: 'Ž',
} // biome-ignore format: a table

/** `Save` -> `[Šáṽé ~]`: readable, a third longer, and words without it were never translated. `{{name}}` stays what it is. */
export function accented(text: string): string {
  const letters = text.replaceAll(/\{\{.*?\}\}|<[^>]*>|[A-Za-z]/g, (part) => accents[part] ?? part)
  return `[${letters} ${'~'.repeat(Math.ceil(text.length / 3))}]`
}
