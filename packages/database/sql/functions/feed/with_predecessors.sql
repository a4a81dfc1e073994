-- These events and all earlier events of their requests.
create or replace function with_predecessors(p_ids uuid[]) returns uuid[]
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  return array(
    select unnest(p_ids)
    union
    select earlier.id
    from unnest(p_ids) as wanted (id)
    cross join lateral (select request_id, sequence from events where id = wanted.id limit 1) e
    cross join lateral (
      select id from events where request_id = e.request_id and sequence < e.sequence
    ) earlier);
end $$;
