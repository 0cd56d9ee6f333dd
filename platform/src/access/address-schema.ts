import { z } from 'zod'
import { mistakeInRange } from './address-range.ts'

/** An address or CIDR range as somebody writes it; `canonicalRange` gives its one form. */
export const AddressRange = z
  .string()
  .max(50)
  .superRefine((text, context) => {
    const mistake = mistakeInRange(text)
    if (mistake !== undefined) context.addIssue({ code: 'custom', message: mistake })
  })

/** None: from everywhere. */
export const AddressRanges = z
  .array(AddressRange)
  .max(100)
  .describe('CIDR ranges or single addresses, `203.0.113.0/24` or `2001:db8::1`; none: from everywhere')
