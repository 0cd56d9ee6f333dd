import { z } from 'zod'

const Time = z.string().meta({ format: 'date-time' })

export const NewDomain = z.strictObject({ host: z.string().min(3).max(253).describe('`cloud.client.co.uk`') })
export type NewDomain = z.output<typeof NewDomain>

const DnsRecord = z.object({
  name: z.string(),
  type: z.enum(['TXT', 'CNAME']),
  value: z.string(),
  for: z.string().describe('What it is there for'),
})
export type DnsRecord = z.output<typeof DnsRecord>

/** What a look at a domain's DNS finds to be wrong. */
export const findings = ['proof_missing', 'points_elsewhere', 'dns_failed', 'served_elsewhere', 'resting'] as const
export type Finding = (typeof findings)[number]

export const Domain = z
  .object({
    id: z.uuid(),
    host: z.string(),
    state: z.enum(['waiting', 'served', 'lost']).describe('`lost`: it was served, and its DNS points here no more'),
    finding: z.enum(findings).nullable().describe('What the last look found to be wrong; null for nothing'),
    primary: z.boolean().describe('Links in mails are built from it'),
    records: z.array(DnsRecord).describe('What has to be in the DNS of the domain, and has to stay there'),
    checkedAt: Time.nullable(),
    servedAt: Time.nullable(),
    version: z.int(),
    createdAt: Time,
  })
  .meta({ id: 'Domain' })
export type Domain = z.output<typeof Domain>
