-- Takes over events after a restore into another server. Looks at the next p_limit events by organization and id, gives
-- a place to those that had none in the backup, and replaces transaction ids that could be mistaken for this server's.
create or replace function adopt_events(p_state feed_state, p_limit integer, out added integer, out heads json, out has_deliveries boolean)
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
  v_events row_key[];
begin
  v_events := array(select row(organization_id, id)::row_key from events
    where (organization_id, id) > ((p_state.adopted_to).organization_id, (p_state.adopted_to).id)
    order by organization_id, id limit p_limit);
  update events set transaction_id = '1'
  where (organization_id, id) in (select organization_id, id from unnest(v_events)) and transaction_id >= pg_snapshot_xmin(p_state.snapshot);
  select a.* into added, heads, has_deliveries from append_to_feed(with_predecessors(v_events), true) a;
  update feed_state set adopted_to = v_events[cardinality(v_events)];
end $$;
