import {
  directoryPolicy,
  literal,
  reachExpression,
  reachPolicy,
  recorderPolicy,
  restoreTenantPolicy,
  tenantPolicy,
} from '../canonical.ts'
import { type Rule, rule } from '../rule.ts'

interface OnTable {
  readonly name: string
  readonly policies: readonly string[]
}

/** Policies of enrolled tables, with what the lint compares. */
const policies = `, policies as (
  select f.relation, f.relation::regclass::text as name, f.child, f.options, p.oid as policy, p.polname, quote_ident(p.polname) as policy_name,
    p.polpermissive, p.polcmd, p.polroles, pg_get_expr(p.polqual, p.polrelid) as uses, pg_get_expr(p.polwithcheck, p.polrelid) as checks,
    p.polpermissive and p.polname = ${literal(directoryPolicy.name)} and p.polroles = (select array_agg(role) from reachers where kind = 'directory')
      as for_directory,
    p.polpermissive and p.polname = ${literal(recorderPolicy.name)} and f.relation = to_regclass(${literal(recorderPolicy.relation)})
      and p.polcmd = 'a' and p.polroles = array[c.relowner] and pg_get_expr(p.polwithcheck, p.polrelid) = 'true' as for_recorder
  from family f join pg_policy p on p.polrelid = f.relation join pg_class c on c.oid = f.relation
)`

const canonical = `(p.polname = ${literal(tenantPolicy.name)} and p.polpermissive and p.polcmd = '*' and p.polroles = '{0}'
  and p.uses = ${literal(tenantPolicy.expression)} and p.checks = ${literal(tenantPolicy.expression)})`

export const policyRules: readonly Rule[] = [
  rule<OnTable & { found: string }>({
    name: 'policy-not-canonical',
    weight: 'leak',
    why: 'The one canonical policy is what was proved; any other text, command, role or name was not, and `using (true)` shows everything.',
    query: `${policies} select f.relation::regclass::text as name, array_remove(array_agg(p.policy_name), null) as policies,
        coalesce(string_agg(format('%s: using %s with check %s', p.policy_name, coalesce(p.uses, '(none)'), coalesce(p.checks, '(none)')), '; '),
          'no policy at all') as found
      from family f left join policies p on p.relation = f.relation and p.polpermissive and not p.for_directory and not p.for_recorder
      where not f.child or p.policy is not null
      group by f.relation having not coalesce(bool_or(${canonical}), false)`,
    finding: ({ name, found, policies }) => ({
      object: name,
      what: `Its policy is not the canonical one (${found}).`,
      mend: restoreTenantPolicy(name, policies),
    }),
  }),

  rule<OnTable>({
    name: 'policy-permissive-extra',
    weight: 'leak',
    why: 'Permissive policies are ORed, USING and WITH CHECK apart: a row seen through one may be pushed into another tenant through the other.',
    query: `${policies} select name, array_agg(p.policy_name order by p.polname) as policies from policies p
      where p.polpermissive and not p.for_directory and not p.for_recorder and p.polname <> ${literal(tenantPolicy.name)}
        and exists (select from policies o where o.relation = p.relation and o.polname = ${literal(tenantPolicy.name)})
      group by name`,
    finding: ({ name, policies }) => ({
      object: name,
      what: `It has more than one permissive policy: beside ${tenantPolicy.name} also ${policies.join(', ')}.`,
      mend: policies.map((policy) => `drop policy ${policy} on ${name}`).join('; '),
    }),
  }),

  rule<{ name: string; policy_name: string }>({
    name: 'policy-unrecorded',
    weight: 'weak',
    why: 'A restrictive policy that enrolment did not write is in no record and no review; its helper functions see every row first.',
    query: `${policies} select name, policy_name from policies p where not p.polpermissive
      and not (p.polname = ${literal(reachPolicy.name)} and p.options ->> 'granted_by' is not null)`,
    finding: ({ name, policy_name }) => ({
      object: name,
      what: `It has the restrictive policy ${policy_name}, which its enrolment does not record.`,
      mend: `drop policy ${policy_name} on ${name}`,
    }),
  }),

  rule<{ name: string; column: string; found: string | null; expected: string; role_name: string }>({
    name: 'reach-policy',
    weight: 'leak',
    why: 'Without it, or with another text, a member limited to some objects sees all of the tenant.',
    query: `${policies}, wanted as (
        select e.relation, e.options, ${reachExpression('c.relname', 'e.options')} as expected, a.role, a.role_name
        from enrolled e join pg_class c on c.oid = e.relation join reachers a on a.kind = 'app' where e.options ->> 'granted_by' is not null
      )
      select w.relation::regclass::text as name, quote_ident(w.options ->> 'granted_by') as column, p.uses as found, w.expected, w.role_name
      from wanted w left join policies p on p.relation = w.relation and p.polname = ${literal(reachPolicy.name)}
      where not coalesce(not p.polpermissive and p.polcmd = '*' and p.polroles = array[w.role]
        and regexp_replace(p.uses, '\\s+', ' ', 'g') = w.expected and regexp_replace(p.checks, '\\s+', ' ', 'g') = w.expected, false)`,
    finding: ({ name, column, found, expected, role_name }) => ({
      object: name,
      what: `It is granted by ${column}, but ${found === null ? 'has no reach policy' : `its reach policy is not the canonical one (${found})`}.`,
      mend:
        `drop policy if exists ${reachPolicy.name} on ${name}; ` +
        `create policy ${reachPolicy.name} on ${name} as restrictive to ${role_name} using ${expected} with check ${expected}`,
    }),
  }),

  rule<{ name: string; policies: readonly string[]; recorded: boolean; role_name: string }>({
    name: 'directory-policy',
    weight: 'leak',
    why: 'The directory role reads across tenants; it may do so exactly where enrolment recorded it, and only read.',
    query: `${policies} select f.relation::regclass::text as name, a.role_name,
        array_remove(array_agg(p.policy_name order by p.polname), null) as policies,
        coalesce(jsonb_array_length(nullif(f.options -> 'directory', 'null')), 0) > 0 and not f.child as recorded
      from family f cross join reachers a
      left join policies p on p.relation = f.relation and p.polpermissive
        and (a.role = any(p.polroles) or p.polname = ${literal(directoryPolicy.name)})
      where a.kind = 'directory'
      group by f.relation, f.child, f.options, a.role, a.role_name
      having case when coalesce(jsonb_array_length(nullif(f.options -> 'directory', 'null')), 0) > 0 and not f.child
        then count(p.policy) <> 1 or not bool_and(p.for_directory and p.polcmd = 'r' and p.uses = 'true')
        else count(p.policy) > 0 end`,
    finding: ({ name, policies, recorded, role_name }) => ({
      object: name,
      what: recorded
        ? `Its enrolment records columns for ${role_name}, but not exactly the policy ${directoryPolicy.name} is there (${policies.join(', ') || 'none'}).`
        : `It has ${policies.join(', ')} for ${role_name}, which its enrolment does not record.`,
      mend: [
        ...policies.map((policy) => `drop policy ${policy} on ${name}`),
        ...(recorded ? [`create policy ${directoryPolicy.name} on ${name} for select to ${role_name} using (true)`] : []),
      ].join('; '),
    }),
  }),

  rule<{ name: string; policy_name: string; helper: string; volatility: string }>({
    name: 'policy-helper',
    weight: 'leak',
    why: 'A prepared plan computes an IMMUTABLE helper once and keeps the first tenant for all that follow; a LEAKPROOF one may be run on rows before the policy.',
    query: `select distinct p.polrelid::regclass::text as name, quote_ident(p.polname) as policy_name, h.oid::regprocedure::text as helper,
        concat_ws(' and ', case h.provolatile when 'i' then 'IMMUTABLE' end, case when h.proleakproof then 'LEAKPROOF' end) as volatility
      from pg_policy p join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.refclassid = 'pg_proc'::regclass
      join pg_proc h on h.oid = d.refobjid where h.provolatile = 'i' or h.proleakproof`,
    finding: ({ name, policy_name, helper, volatility }) => ({
      object: name,
      what: `Its policy ${policy_name} calls ${helper}, which is ${volatility}.`,
      mend: `alter function ${helper} stable not leakproof`,
    }),
  }),
]
