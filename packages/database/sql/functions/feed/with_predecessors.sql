-- These events and all earlier events of their requests.
create or replace function with_predecessors(p_events row_key[]) returns row_key[]
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  return array(
    select row(given.organization_id, given.id)::row_key from unnest(p_events) as given
    union
    select row(e.organization_id, earlier.id)::row_key
    from unnest(p_events) as wanted
    cross join lateral (select organization_id, request_id, sequence from events
      where organization_id = wanted.organization_id and id = wanted.id limit 1) e
    cross join lateral (
      select id from events
      where organization_id = e.organization_id and request_id = e.request_id and sequence < e.sequence
    ) earlier);
end $$;
