import type pg from "pg";
import { roles } from "./roles.ts";

/** Lists columns, constraints, indexes, triggers, policies and rights, one a line, by table. */
const TABLES = `
  with tables as (
    select c.oid, c.relname, c.relacl, c.relowner, c.reloptions, c.relrowsecurity, c.relforcerowsecurity from pg_class c
    where c.relnamespace = quote_ident(current_schema())::regnamespace and c.relkind in ('r', 'p')
  ), lines as (
    select oid, relname, 0 as place, 0 as nth, '' as name,
      concat_ws(' ', 'table', relname, 'with (' || array_to_string(reloptions, ', ') || ')',
        case when relrowsecurity and relforcerowsecurity then 'row level security' end) as line
    from tables
    union all
    select t.oid, t.relname, 1, a.attnum, '', concat_ws(' ', '  column', a.attname, format_type(a.atttypid, a.atttypmod),
      case when a.attnotnull then 'not null' end,
      case when a.attgenerated = 's' then 'generated' when d.oid is not null then 'default' end,
      pg_get_expr(d.adbin, d.adrelid))
    from tables t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum
    union all
    select t.oid, t.relname, 2, 0, k.conname, concat_ws(' ', '  constraint', k.conname, pg_get_constraintdef(k.oid))
    from tables t join pg_constraint k on k.conrelid = t.oid and k.contype in ('c', 'f', 'p', 'u', 'x')
    union all
    select t.oid, t.relname, 3, 0, i.indexrelid::regclass::text, '  ' || replace(pg_get_indexdef(i.indexrelid), current_schema() || '.', '')
    from tables t join pg_index i on i.indrelid = t.oid
    where not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
    union all
    select t.oid, t.relname, 4, 0, g.tgname, '  ' || replace(pg_get_triggerdef(g.oid), current_schema() || '.', '')
    from tables t join pg_trigger g on g.tgrelid = t.oid and not g.tgisinternal
    union all
    select t.oid, t.relname, 5, 0, p.polname, concat_ws(' ', '  policy', p.polname,
      case when p.polpermissive then 'permissive' else 'restrictive' end, 'for',
      case p.polcmd when '*' then 'all' when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' else 'delete' end,
      'to', (select string_agg(r.rolname, ', ' order by r.rolname) from pg_roles r where r.oid = any (p.polroles)),
      'using (' || pg_get_expr(p.polqual, p.polrelid) || ')', 'with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')
    from tables t join pg_policy p on p.polrelid = t.oid
    union all
    select t.oid, t.relname, 6, 0, g.grantee, format('  grant %s to %s', string_agg(lower(g.privilege_type), ', ' order by g.privilege_type), g.grantee)
    from tables t cross join lateral (
      select coalesce(r.rolname, 'public') as grantee, x.privilege_type
      from aclexplode(t.relacl) x left join pg_roles r on r.oid = x.grantee where x.grantee <> t.relowner) g
    group by t.oid, t.relname, g.grantee
    union all
    select t.oid, t.relname, 7, a.attnum, coalesce(r.rolname, 'public'), format('  grant %s (%s) to %s', lower(x.privilege_type), a.attname, coalesce(r.rolname, 'public'))
    from tables t join pg_attribute a on a.attrelid = t.oid
    cross join lateral aclexplode(a.attacl) x left join pg_roles r on r.oid = x.grantee
  )
  select line from lines order by relname, place, nth, name, line`;

/** Lists functions without their texts, which are in their own files. */
const FUNCTIONS = `
  select concat_ws(E'\\n', format('function %s(%s) returns %s', p.proname, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid)),
    '  ' || concat_ws(' ', l.lanname,
      case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end,
      case p.proparallel when 's' then 'parallel safe' when 'r' then 'parallel restricted' end,
      case when p.proisstrict then 'strict' end, case when p.proleakproof then 'leakproof' end,
      case when p.prosecdef then 'security definer' end,
      case when p.procost <> 100 then 'cost ' || p.procost end, case when p.prorows not in (0, 1000) then 'rows ' || p.prorows end),
    '  set ' || (select string_agg(s, ', ' order by s) from unnest(p.proconfig) s),
    case when o.rolname = any ($1) then '  owner ' || o.rolname end,
    '  execute by ' || (
      select string_agg(coalesce(r.rolname, 'public'), ', ' order by r.rolname nulls first)
      from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x left join pg_roles r on r.oid = x.grantee
      where x.grantee <> p.proowner)) as line
  from pg_proc p join pg_language l on l.oid = p.prolang join pg_roles o on o.oid = p.proowner
  where p.pronamespace = quote_ident(current_schema())::regnamespace
    and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
  order by p.proname, pg_get_function_identity_arguments(p.oid)`;

/**
 * Describes the current schema: each table with its columns, constraints, indexes, triggers, policies and rights, then
 * each function with its settings, owner and rights, without its text. Leaves out extensions' own functions.
 *
 * @returns lines in an order that doesn't depend on the order of creation; columns in the table's order
 */
export async function describeSchema(client: pg.ClientBase): Promise<string> {
  const tables = await client.query<{ line: string }>(TABLES);
  const functions = await client.query<{ line: string }>(FUNCTIONS, [roles]);
  return [
    ...tables.rows.map(({ line }) => line.replaceAll(/(?<=\S)\s*\n\s*/g, " ")),
    ...functions.rows.map(({ line }) => line),
  ]
    .map((line) => `${line}\n`)
    .join("");
}
