import { createOTP } from '@better-auth/utils/otp'

/** What an app shows that was given the `otpauth:` address, for the half minute that is `step` away from `now`. */
export function codeShown(uri: string, now: number, step = 0): Promise<string> {
  const secret = base32(new URL(uri).searchParams.get('secret') ?? '')
  return createOTP(secret, { digits: 6, period: 30 }).hotp(Math.floor(now / 30_000) + step)
}

function base32(text: string): string {
  const bits = [...text].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2))).toString()
}
