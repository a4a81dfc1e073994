import type pg from "pg";

/** A table as a backup holds it. */
export interface TableShape {
  name: string;
  /** The stored columns, in the table's order; not those that are computed from others. */
  columns: string[];
}

/** A table as the database describes it. */
interface FoundTable extends TableShape {
  /** True if a policy lets the role `sayso_system` see every row. Only Sayso's own tables have such a policy. */
  isSeenWhole: boolean;
  /** The columns' types, in the same order, as PostgreSQL writes them. */
  types: string[];
}

/** All tables of the schema, by name. */
export async function findTables(client: pg.Client): Promise<FoundTable[]> {
  const { rows } = await client.query<FoundTable>(
    `select c.relname::text as name,
       coalesce(array_agg(a.attname::text order by a.attnum) filter (where a.attgenerated = ''), '{}') as columns,
       coalesce(array_agg(format_type(a.atttypid, null) order by a.attnum) filter (where a.attgenerated = ''), '{}') as types,
       exists (
         select from pg_policy p join pg_roles r on r.oid = any (p.polroles)
         where p.polrelid = c.oid and p.polpermissive and p.polcmd in ('*', 'r') and r.rolname = 'sayso_system'
           and pg_get_expr(p.polqual, p.polrelid) = 'true') as "isSeenWhole"
     from pg_class c
     left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = quote_ident(current_schema())::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
     group by c.oid, c.relname
     order by c.relname`,
  );
  return rows;
}

/**
 * Settings with which backup and restore write every value alike, whatever their servers' settings: see `COPY`'s text
 * format.
 */
export const plainValues = `set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'; set local intervalstyle = 'postgres';
  set local bytea_output = 'hex'; set local extra_float_digits = 1; set local client_encoding = 'UTF8'`;

/** Settings that lift all time limits, because copying a whole database takes long. */
export const noTimeLimits = `set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0`;

/** The columns' names as a list, `a, "b"`, quoted where needed. */
export const listColumns = (client: pg.Client, columns: readonly string[]): string =>
  columns.map((column) => client.escapeIdentifier(column)).join(", ");
