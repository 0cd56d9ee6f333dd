/**
 * Told apart by people who see no red, green or blue (after Okabe and Ito), each at least 3:1 on its ground; from the fifth on
 * the line is dashed too, so that nothing rests on colour alone.
 */
const onLight = ['#0072b2', '#d55e00', '#007a5a', '#a8447f', '#7a6a00', '#4b3fa7', '#00798c', '#5c5c5c']
const onDark = ['#56b4e9', '#e69f00', '#3fc79a', '#e38bc0', '#f0e442', '#a99cf5', '#5fd3e0', '#bdbdbd']
const dashes = [[], [8, 4], [2, 3], [8, 3, 2, 3]]

export interface Stroke {
  readonly colour: string
  readonly dash: number[]
}

export function strokeOf(place: number, isDark: boolean): Stroke {
  const colours = isDark ? onDark : onLight
  return { colour: colours[place % colours.length] as string, dash: dashes[Math.floor(place / 4) % dashes.length] ?? [] }
}

export const inkOf = (isDark: boolean) => (isDark ? { text: '#c9c9c9', grid: '#3b3b3b' } : { text: '#495057', grid: '#e1e5ea' })
