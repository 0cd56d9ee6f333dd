/** Bytes of an uploaded picture. */
export const largestUpload = 512_000

/** Content types that a picture may come in. */
export const imageTypes = ['image/png', 'image/jpeg', 'image/webp', 'image/svg+xml'] as const

/** Pixels that a picture may have: 100 million, which a small file may claim to be, would fill the memory of the process. */
export const mostPixels = 16_000_000

/** Pixels that each kind of picture is drawn into, at most; twice what pages show, for fine screens. */
export const frames = {
  'logo-light': { width: 800, height: 240 },
  'logo-dark': { width: 800, height: 240 },
  favicon: { width: 192, height: 192 },
} as const

/** Milliseconds that one picture may take. */
export const patience = 20_000
