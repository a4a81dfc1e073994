-- Gives committed events their places, about p_limit at most. One call is one round.
--
-- An event is new if the previous round's snapshot did not see its transaction: the transaction was under way then
-- (pg_snapshot_xip), or began later (from pg_snapshot_xmax on). So no event is missed, however late it commits, and
-- writers and rounds never wait for each other. A round's transaction must not write events itself, because the round
-- would not find them.
--
-- Looks up earlier transactions one by one. Hash joins, merge joins and materialising are off, because a plan that was
-- made while the table was small read all events in each round during which somebody wrote.
--
-- state: done | more (call again) | busy (another process runs a round)
create or replace function sequence_events(
  p_limit integer, out state text, out added integer, out heads json, out has_deliveries boolean)
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off
set enable_hashjoin = off set enable_mergejoin = off set enable_material = off
as $$
declare
  v_state feed_state;
  v_server text;
  v_found record;
begin
  added := 0;
  has_deliveries := false;
  if pg_current_xact_id_if_assigned() is not null then
    raise exception 'sequence_events must be alone in its transaction';
  end if;
  -- An advisory lock writes nothing, unlike a row lock, so an empty round costs no flush.
  if not pg_try_advisory_xact_lock(368976, 4) then
    state := 'busy';
    return;
  end if;
  -- Separate statements, so that their snapshots are younger than the lock.
  select * into v_state from feed_state;
  select c.system_identifier::text into v_server from pg_control_system() c;
  if v_state.system_identifier is distinct from v_server
    or pg_snapshot_xmax(v_state.snapshot) > pg_snapshot_xmax(pg_current_snapshot())
  then
    update feed_state set system_identifier = v_server, snapshot = pg_current_snapshot(),
      adopted_to = row('00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000')::row_key
    returning * into v_state;
  end if;
  if v_state.adopted_to is not null then
    select a.* into added, heads, has_deliveries from adopt_events(v_state, p_limit) a;
    state := 'more';
    return;
  end if;

  with now as materialized (
    select pg_current_snapshot() as snapshot
  ), late as materialized (
    select row(e.organization_id, e.id)::row_key as key from pg_snapshot_xip(v_state.snapshot) as under_way (id)
    cross join lateral (select organization_id, id from events where transaction_id = under_way.id) e
  ), fresh as materialized (
    select row(organization_id, id)::row_key as key, transaction_id from events
    where transaction_id >= pg_snapshot_xmax(v_state.snapshot) order by transaction_id limit p_limit + 1
  )
  select now.snapshot, array(select key from late) as late, array(select key from fresh) as fresh,
    (select max(transaction_id) from fresh) as last,
    case when (select count(*) from fresh) > p_limit then
      array(select key from fresh where transaction_id < (select max(transaction_id) from fresh)) end as whole
  into v_found from now;
  if cardinality(v_found.late || v_found.fresh) = 0 then
    state := 'done';
    return;
  end if;

  if v_found.whole is null then
    select a.* into added, heads, has_deliveries from append_to_feed(v_found.late || v_found.fresh, false) a;
    update feed_state set snapshot = v_found.snapshot;
    state := 'done';
    return;
  end if;
  -- Too many for one round: takes the whole transactions before the last one, as if the snapshot had ended there.
  if cardinality(v_found.whole) = 0 then
    -- One transaction wrote all of them.
    v_found.whole := array(
      select row(organization_id, id)::row_key from events where transaction_id = v_found.last);
    v_found.last := (v_found.last::text::bigint + 1)::text::xid8;
  end if;
  select a.* into added, heads, has_deliveries from append_to_feed(with_predecessors(v_found.late || v_found.whole), false) a;
  update feed_state set snapshot = cut_snapshot(v_found.snapshot, v_found.last);
  state := 'more';
end $$;
