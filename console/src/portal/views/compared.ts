/** A series of another object, beside those of the page's own. */
export interface Compared {
  readonly objectId: string
  readonly seriesId: string
}

/** On one page: the palette tells no more of them apart. */
export const mostSeries = 8

/** As they stand in the address: `?with=<object>:<series>,…`. Ids become parts of paths, so what is none is left out. */
export function comparedOf(text: string | undefined, ownId: string): Compared[] {
  const named = [...new Set(text?.split(','))].flatMap((each) => {
    const [, objectId = '', seriesId = ''] = /^([\w-]+):([\w-]+)$/.exec(each) ?? []
    return objectId === '' || objectId === ownId ? [] : [{ objectId, seriesId }]
  })
  return named.slice(0, mostSeries - 1)
}

/** For the address; `undefined` takes it out. */
export function comparedText(compared: readonly Compared[]): string | undefined {
  return compared.map(({ objectId, seriesId }) => `${objectId}:${seriesId}`).join(',') || undefined
}
