import { type Rule, rule } from '../rule.ts'

interface Callable {
  readonly name: string
  readonly roles: string
  readonly grantees: string
}

const callers = `string_agg(distinct f.role_name, ' and ') as roles, string_agg(distinct f.grantee, ', ') as grantees`

const isExtension = `exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')`

const setting = `(select substr(c, length('search_path=') + 1) from unnest(p.proconfig) c where c like 'search_path=%')`

export const functionRules: readonly Rule[] = [
  rule<{ name: string; path: string | null; extension: boolean }>({
    name: 'definer-search-path',
    weight: 'leak',
    why: 'A SECURITY DEFINER function finds its tables along the search path; unless pg_temp is pinned last, a temporary table of the caller comes first.',
    query: `select distinct p.oid::regprocedure::text as name, ${setting} as path, ${isExtension} as extension
      from pg_proc p where p.prosecdef and p.pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
        and (p.oid in (select function from callable) or (p.pronamespace in (select schema from ours) and not ${isExtension}))
        and coalesce(${setting}, '') !~ '(^|,)\\s*"?pg_temp"?\\s*$'`,
    finding: ({ name, path, extension }) => ({
      object: name,
      what:
        path === null ? 'It is SECURITY DEFINER and pins no search_path.' : `Its search_path (${path}) does not end in pg_temp.`,
      mend: `alter function ${name} set search_path = pg_catalog, pg_temp`,
      weight: extension ? 'outside' : 'leak',
    }),
  }),

  rule<Callable & { definer: string; extension: boolean }>({
    name: 'definer-past-policies',
    weight: 'leak',
    why: 'It runs as a role that no policy holds: whatever it selects, it selects from every tenant.',
    query: `select f.name, quote_ident(r.rolname) as definer, ${isExtension} as extension, ${callers}
      from callable f join pg_proc p on p.oid = f.function and p.prosecdef
      join pg_roles r on r.oid = p.proowner and (r.rolsuper or r.rolbypassrls)
      -- An owner of the installation like that is reported once, not for each of its functions.
      cross join given where r.rolname <> given.owner group by f.name, r.rolname, p.oid`,
    finding: ({ name, definer, roles, grantees, extension }) => ({
      object: name,
      what: `It is SECURITY DEFINER of ${definer}, whom row security does not hold, and ${roles} may call it.`,
      mend: `revoke execute on function ${name} from ${grantees}`,
      weight: extension ? 'outside' : 'leak',
    }),
  }),

  rule<Callable & { argument: string }>({
    name: 'definer-takes-tenant',
    weight: 'leak',
    why: 'A SECURITY DEFINER function that is told the tenant acts for whichever tenant an attacker names; it reads the context instead.',
    query: `select f.name, quote_ident(argument) as argument, ${callers}
      from callable f join pg_proc p on p.oid = f.function and p.prosecdef
      cross join unnest((p.proargnames)[1:p.pronargs]) as argument
      cross join given where argument ~ '(^|_)tenants?(_?ids?)?$' and f.name <> all(given.reviewed_functions) group by f.name, argument`,
    finding: ({ name, argument, roles, grantees }) => ({
      object: name,
      what: `It is SECURITY DEFINER, takes ${argument}, is not on the reviewed list, and ${roles} may call it.`,
      mend: `revoke execute on function ${name} from ${grantees}`,
    }),
  }),

  rule<{ name: string; setting: string }>({
    name: 'function-sets-context',
    weight: 'leak',
    why: 'A function that brings a tenant, an actor or a reach of its own steps out of the scope that calls it.',
    query: `select f.name, split_part(c.entry, '=', 1) as setting from callable f join pg_proc p on p.oid = f.function
      cross join given cross join unnest(p.proconfig) as c(entry)
      where c.entry like 'tenantry.%' and f.name <> all(given.reviewed_functions) group by 1, 2`,
    finding: ({ name, setting }) => ({
      object: name,
      what: `It sets ${setting} while it runs and is not on the reviewed list.`,
      mend: `alter function ${name} reset ${setting}`,
    }),
  }),

  rule<{ name: string }>({
    name: 'definer-for-everybody',
    weight: 'weak',
    why: 'Every role of the cluster that can connect may call it with the rights of its owner.',
    query: `select p.oid::regprocedure::text as name from pg_proc p cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
      where p.prosecdef and p.pronamespace in (select schema from ours) and a.grantee = 0 and p.prorettype <> 'trigger'::regtype`,
    finding: ({ name }) => ({
      object: name,
      what: 'It is SECURITY DEFINER, and PUBLIC may call it.',
      mend: `revoke execute on function ${name} from public`,
    }),
  }),

  rule<Callable & { count: number; parts: string }>({
    name: 'large-object-functions',
    weight: 'outside',
    why: 'Large objects have no tenant and no policy: what is written into one in the context of one tenant can be read in that of any other.',
    query: `select count(distinct p.oid)::int as count, string_agg(distinct h.role_name, ' and ') as roles,
        string_agg(distinct case h.holder when 0 then 'public' else h.holder::regrole::text end, ', ') as grantees,
        string_agg(distinct p.oid::regprocedure::text, ', ') as parts, '' as name
      from pg_proc p cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a join holders h on h.holder = a.grantee
      where p.pronamespace = 'pg_catalog'::regnamespace and p.proname ~ '^(lo_(?!import|export)|lo(creat|read|write)$)' and a.grantee <> p.proowner
      having count(*) > 0`,
    finding: ({ count, roles, grantees, parts }) => ({
      object: 'large objects',
      what: `${roles} may call ${count} large-object functions; PostgreSQL allows them to everybody, and only a superuser can take that back.`,
      mend: `revoke execute on function ${parts} from ${grantees}`,
    }),
  }),

  rule<Callable>({
    name: 'file-functions',
    weight: 'leak',
    why: "They read or write the server's files: the tables themselves, as bytes, without any policy.",
    query: `select p.oid::regprocedure::text as name, string_agg(distinct h.role_name, ' and ') as roles,
        string_agg(distinct case h.holder when 0 then 'public' else h.holder::regrole::text end, ', ') as grantees
      from pg_proc p cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a join holders h on h.holder = a.grantee
      where p.pronamespace = 'pg_catalog'::regnamespace and a.grantee <> p.proowner
        and p.proname ~ '^(pg_read_(binary_)?file|pg_stat_file|pg_ls_.*dir|pg_file_.*|pg_logdir_ls|lo_import|lo_export)$'
      group by p.oid`,
    finding: ({ name, roles, grantees }) => ({
      object: name,
      what: `${roles} may call it.`,
      mend: `revoke execute on function ${name} from ${grantees}`,
    }),
  }),

  rule<Callable & { extension: string; functions: string }>({
    name: 'extension-reaches-out',
    weight: 'leak',
    why: 'Through these extensions SQL opens other connections or files, or reads pages past the policies.',
    query: `select quote_ident(e.extname) as extension, string_agg(distinct f.name, ', ') as functions, '' as name, ${callers}
      from callable f join pg_depend d on d.classid = 'pg_proc'::regclass and d.objid = f.function and d.deptype = 'e'
      join pg_extension e on e.oid = d.refobjid
      where e.extname in ('dblink', 'postgres_fdw', 'file_fdw', 'adminpack', 'pageinspect', 'pg_surgery', 'pg_walinspect', 'http', 'pg_net', 'plsh')
      group by e.extname`,
    finding: ({ extension, functions, roles, grantees }) => ({
      object: `extension ${extension}`,
      what: `${roles} may call its functions.`,
      mend: `revoke execute on function ${functions} from ${grantees}`,
    }),
  }),

  rule<Callable & { language: string }>({
    name: 'untrusted-language',
    weight: 'leak',
    why: "An untrusted language runs as the server's operating-system user; whatever it computes from its arguments is outside every check.",
    query: `select f.name, quote_ident(l.lanname) as language, ${callers} from callable f join pg_proc p on p.oid = f.function
      join pg_language l on l.oid = p.prolang and not l.lanpltrusted and l.lanname not in ('c', 'internal') group by f.name, l.lanname`,
    finding: ({ name, language, roles, grantees }) => ({
      object: name,
      what: `It is written in the untrusted language ${language}, and ${roles} may call it.`,
      mend: `revoke execute on function ${name} from ${grantees}`,
    }),
  }),
]
