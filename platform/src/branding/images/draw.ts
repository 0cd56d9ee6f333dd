/** A program of its own, see draw-image.ts: a picture on standard input becomes a PNG on standard output. */
import { buffer } from 'node:stream/consumers'
import { fileTypeFromBuffer } from 'file-type'
import sharp from 'sharp'
import { mostPixels } from './image-limits.ts'

const [width = 0, height = 0] = process.argv.slice(2).map(Number)
const upload = await buffer(process.stdin)

/** Formats that say what they are in their first bytes. */
const rasters = ['image/png', 'image/jpeg', 'image/webp']
/** What may stand before the root of an SVG. A document type with declarations of its own may not: entities lead elsewhere. */
const svgStart = /^(?:\uFEFF|\s|<\?xml[^>]*>|<!--[\s\S]*?-->|<!DOCTYPE svg[^>[]*>)*<svg[\s>]/i

const type = await fileTypeFromBuffer(upload)
const svg = type === undefined || type.mime === 'application/xml'
if (svg ? !svgStart.test(upload.toString('utf8', 0, 4096)) : !rasters.includes(type.mime)) process.exit(3)

const plain = { limitInputPixels: mostPixels, failOn: 'error' } as const
const size = await sharp(upload, { ...plain, limitInputPixels: false }).metadata()
if (size.width * size.height > mostPixels) process.exit(4)
// Lines are drawn in the size that is asked for, instead of pixels being enlarged.
const scale = Math.min(width / size.width, height / size.height)
const density = svg ? Math.min(Math.max((size.density ?? 72) * scale, 1), 2400) : undefined
const drawn = await sharp(upload, { ...plain, ...(density === undefined ? {} : { density }) })
  .autoOrient()
  .resize({ width, height, fit: 'inside', withoutEnlargement: !svg })
  .toColourspace('srgb')
  .png({ compressionLevel: 9 })
  .toBuffer()
process.stdout.write(drawn)
