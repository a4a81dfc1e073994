-- The place of the last event before a time. Places follow the order of commits, so an event's place can differ from
-- its time by some seconds. A caller that needs a whole span reads a little more on both sides.
create or replace function feed_position_at(p_organization_id uuid, p_time timestamptz) returns bigint
language plpgsql stable
set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
  v_low bigint := 0;
  v_high bigint := (select h.position from feed_heads h where h.organization_id = p_organization_id);
  v_middle bigint;
  v_at timestamptz;
begin
  while v_low < v_high loop
    v_middle := (v_low + v_high + 1) / 2;
    select e.created_at into v_at
    from feed f cross join lateral (select created_at from events where organization_id = p_organization_id and id = f.event_id limit 1) e
    where f.organization_id = p_organization_id and f.position = v_middle;
    if v_at < p_time then v_low := v_middle; else v_high := v_middle - 1; end if;
  end loop;
  return v_low;
end $$;
