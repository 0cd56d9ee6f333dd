import { type Rule, rule } from '../rule.ts'

export const roleRules: readonly Rule[] = [
  rule<{ name: string }>({
    name: 'role-missing',
    weight: 'leak',
    why: 'A role that does not exist cannot be judged; whatever serves in its place was never examined.',
    query: `select quote_ident(wanted.name) as name from given, unnest(array[app, directory, identity, owner]) as wanted(name)
      where not exists (select from pg_roles r where r.rolname = wanted.name)`,
    finding: ({ name }) => ({
      object: `role ${name}`,
      what: 'The role does not exist.',
      mend: `create role ${name} login noinherit`,
    }),
  }),

  rule<{ role_name: string; attributes: string }>({
    name: 'role-attributes',
    weight: 'leak',
    why: 'A superuser, BYPASSRLS or REPLICATION role reads every tenant; CREATEROLE and CREATEDB make themselves what they lack.',
    query: `select a.role_name, concat_ws(' ', case when rolsuper then 'superuser' end, case when rolbypassrls then 'bypassrls' end,
        case when rolcreaterole then 'createrole' end, case when rolcreatedb then 'createdb' end,
        case when rolreplication then 'replication' end) as attributes
      from reachers a join pg_roles r on r.oid = a.role
      where rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication`,
    finding: ({ role_name, attributes }) => ({
      object: `role ${role_name}`,
      what: `It has ${attributes}.`,
      mend: `alter role ${role_name} ${attributes.replace(/\b(?=\w)/g, 'no')}`,
    }),
  }),

  rule<{ role_name: string; other: string; reason: string }>({
    name: 'role-can-become',
    weight: 'leak',
    why: 'SET ROLE is one statement away for whoever injects SQL, and the other role is not held by the policies.',
    query: `select a.role_name, quote_ident(r.rolname) as other,
        case when r.rolsuper then 'superuser' when r.rolbypassrls then 'bypassrls' when r.rolcreaterole then 'createrole'
          when r.rolreplication then 'replication' when r.rolname ~ '^pg_' then 'predefined role'
          when r.rolname = given.owner then 'owner of the installation'
          when r.oid in (select role from reachers) then 'reads across tenants'
          else 'owner of a tenant table' end as reason
      from reachers a cross join given join pg_roles r on r.oid <> a.role and not a.superuser and pg_has_role(a.role, r.oid, 'member')
      where r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolreplication or r.rolname ~ '^pg_' or r.rolname = given.owner
        or r.oid in (select role from reachers)
        or exists (select from family f join pg_class c on c.oid = f.relation where c.relowner = r.oid)`,
    finding: ({ role_name, other, reason }) => ({
      object: `role ${role_name}`,
      what: `It can become ${other} (${reason}).`,
      mend: `revoke ${other} from ${role_name}`,
    }),
  }),

  rule<{ role_name: string; other: string }>({
    name: 'role-membership',
    weight: 'weak',
    why: 'What is granted to the other role later reaches this one without anybody looking here.',
    query: `select a.role_name, quote_ident(r.rolname) as other
      from reachers a cross join given join pg_roles r on r.oid <> a.role and not a.superuser and pg_has_role(a.role, r.oid, 'member')
      where not (r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolreplication or r.rolname ~ '^pg_' or r.rolname = given.owner
        or r.oid in (select role from reachers)
        or exists (select from family f join pg_class c on c.oid = f.relation where c.relowner = r.oid))`,
    finding: ({ role_name, other }) => ({
      object: `role ${role_name}`,
      what: `It is a member of ${other}.`,
      mend: `revoke ${other} from ${role_name}`,
    }),
  }),

  rule<{ role_name: string }>({
    name: 'role-inherits',
    weight: 'weak',
    why: 'With INHERIT a membership granted by mistake acts at once, in every statement.',
    query: 'select a.role_name from reachers a join pg_roles r on r.oid = a.role where r.rolinherit and not r.rolsuper',
    finding: ({ role_name }) => ({
      object: `role ${role_name}`,
      what: 'It inherits the privileges of roles it is a member of.',
      mend: `alter role ${role_name} noinherit`,
    }),
  }),

  rule<{ role_name: string; owned: string; owner: string }>({
    name: 'role-owns',
    weight: 'leak',
    why: 'An owner may switch row security off, drop policies, replace functions and grant itself what it likes.',
    query: `select a.role_name, pg_describe_object(d.classid, d.objid, d.objsubid) as owned, quote_ident(given.owner) as owner
      from given, reachers a join pg_shdepend d on d.refclassid = 'pg_authid'::regclass and d.refobjid = a.role and d.deptype = 'o'
      where d.dbid in (0, (select oid from pg_database where datname = current_database()))`,
    finding: ({ role_name, owned, owner }) => ({
      object: owned,
      what: `It is owned by ${role_name}.`,
      mend: `reassign owned by ${role_name} to ${owner}`,
    }),
  }),

  rule<{ role_name: string; attributes: string }>({
    name: 'owner-attributes',
    weight: 'weak',
    why: 'FORCE holds the owner of the tables too, so that maintenance runs inside a tenant; a superuser or BYPASSRLS owner is not held.',
    query: `select quote_ident(r.rolname) as role_name,
        concat_ws(' ', case when rolsuper then 'superuser' end, case when rolbypassrls then 'bypassrls' end) as attributes
      from given join pg_roles r on r.rolname = given.owner where rolsuper or rolbypassrls`,
    finding: ({ role_name, attributes }) => ({
      object: `role ${role_name}`,
      what: `The owner has ${attributes}.`,
      mend: `alter role ${role_name} ${attributes.replace(/\b(?=\w)/g, 'no')}`,
    }),
  }),
]
