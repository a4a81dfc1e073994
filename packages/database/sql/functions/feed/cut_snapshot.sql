-- The snapshot as if no transaction from p_from on had begun.
create or replace function cut_snapshot(p_snapshot pg_snapshot, p_from xid8) returns pg_snapshot
language sql immutable
as $$
  select (case when pg_snapshot_xmin(p_snapshot) < p_from then pg_snapshot_xmin(p_snapshot) else p_from end || ':'
    || p_from || ':'
    || coalesce((select string_agg(x::text, ',' order by x) from pg_snapshot_xip(p_snapshot) x where x < p_from), '')
  )::pg_snapshot
$$;
