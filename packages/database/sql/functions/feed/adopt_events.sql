-- After a restore into another server: looks at the next events by id, gives a place to those that had none in the backup,
-- and replaces transaction ids that could be mistaken for this server's.
create or replace function adopt_events(p_state feed_state, p_limit integer, out added integer, out heads json, out has_deliveries boolean)
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
  v_ids uuid[];
begin
  v_ids := array(select id from events where id > p_state.adopted_to order by id limit p_limit);
  update events set transaction_id = '1'
  where id = any (v_ids) and transaction_id >= pg_snapshot_xmin(p_state.snapshot);
  select a.* into added, heads, has_deliveries from append_to_feed(with_predecessors(v_ids), true) a;
  update feed_state set adopted_to = v_ids[cardinality(v_ids)];
end $$;
