import type { Pool } from 'pg'
import type { AttackReport } from '../isolation/attack/report.ts'
import type { Report } from '../isolation/doctor/report.ts'
import { problems } from '../problems/catalogue.ts'

/** The doctor's report and when it was written, RFC 3339. */
export interface Examination {
  readonly at: string
  readonly report: Report
}

export interface KeptAttack {
  readonly id: string
  /** RFC 3339. */
  readonly at: string
  readonly verdict: AttackReport['verdict']
  /** Of every route. */
  readonly whole: boolean
}

export interface IsolationReportService {
  /** The last one of this node: from its start, or since. */
  lastExamination(): Examination
  /** Examines the database anew; those who ask meanwhile get the same. A few seconds. */
  examine(): Promise<Examination>
  /** The newest first, twenty at most. */
  attacks(): Promise<KeptAttack[]>
  /** @throws not_found */
  attack(id: string): Promise<KeptAttack & { readonly report: AttackReport }>
  /** Keeps the report of an attack, and lets go of the oldest. */
  keepAttack(report: AttackReport, whole: boolean): Promise<void>
}

declare module '../http/route.ts' {
  interface Services {
    readonly isolationReports: IsolationReportService
  }
}

/** How the server examines its database. */
export interface Examiner {
  readonly last: () => Examination
  readonly examine: () => Promise<Examination>
}

const kept = 20
const columns = `id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, verdict, whole`

export function createIsolationReportService(pool: Pool, { last, examine }: Examiner): IsolationReportService {
  let running: Promise<Examination> | undefined
  return {
    lastExamination: last,
    examine: () => {
      running ??= examine().finally(() => {
        running = undefined
      })
      return running
    },

    async attacks() {
      const { rows } = await pool.query<KeptAttack>(
        `select ${columns} from tenantry.attack_reports order by attack_reports.at desc, id limit ${kept}`,
      )
      return rows
    },

    async attack(id) {
      const { rows } = await pool.query<KeptAttack & { report: AttackReport }>(
        `select ${columns}, report from tenantry.attack_reports where id = $1::uuid`,
        [id],
      )
      const [found] = rows
      if (found === undefined) throw problems.not_found('There is no such report.')
      return found
    },

    async keepAttack(report, whole) {
      await pool.query(
        `with older as (
           delete from tenantry.attack_reports where id in (
             select id from tenantry.attack_reports order by at desc, id offset ${kept - 1}))
         insert into tenantry.attack_reports (verdict, whole, report) values ($1, $2, $3::jsonb)`,
        [report.verdict, whole, JSON.stringify(report)],
      )
    },
  }
}
