-- An organization's events, newest first: at most p_limit matching ones, among the p_scan places before p_before (null:
-- the end). p_about: an id that the event mentions. searched_to: the time of the last place that was read. next_before:
-- the p_before of the next page; null at the beginning of the feed.
create or replace function list_activity(
  p_organization_id uuid, p_before bigint, p_types text[], p_sees_all boolean, p_actor_id uuid, p_request_id uuid,
  p_about uuid, p_from timestamptz, p_to timestamptz, p_limit integer, p_scan integer,
  out next_before bigint, out searched_to timestamptz, out items json)
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off
set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_before bigint;
  -- No matching event stands at or before this place.
  v_start bigint := 0;
  v_floor bigint;
  v_positions bigint[];
begin
  perform set_config('sayso.organization_id', p_organization_id::text, true);
  v_before := 1 + coalesce((select h.position from feed_heads h where h.organization_id = p_organization_id), 0);
  v_before := least(v_before, p_before);
  if p_to is not null then
    v_before := least(v_before, 1 + feed_position_at(p_organization_id, p_to + interval '10 minutes'));
  end if;
  if p_from is not null then
    v_start := feed_position_at(p_organization_id, p_from - interval '10 minutes');
  end if;

  if p_request_id is not null then
    v_positions := array(
      select f.position
      from events e cross join lateral (select position from feed where event_id = e.id and organization_id = p_organization_id limit 1) f
      where e.organization_id = p_organization_id and e.request_id = p_request_id and f.position < v_before and f.position > v_start
        and (p_sees_all or is_for_everybody(e.type)) and (p_types is null or event_matches(e.type, p_types))
        and (p_actor_id is null or e.actor_id = p_actor_id)
        and (p_about is null or position(p_about::text in e.data::text) > 0)
        and (p_from is null or e.created_at >= p_from) and (p_to is null or e.created_at < p_to)
      order by f.position desc limit p_limit);
    next_before := case when cardinality(v_positions) = p_limit then v_positions[p_limit] end;
  else
    v_floor := greatest(v_start, v_before - 1 - p_scan);
    v_positions := array(
      select f.position
      from feed f cross join lateral (select * from events where organization_id = p_organization_id and id = f.event_id limit 1) e
      where f.organization_id = p_organization_id and f.position < v_before and f.position > v_floor
        and (p_sees_all or is_for_everybody(e.type)) and (p_types is null or event_matches(e.type, p_types))
        and (p_actor_id is null or e.actor_id = p_actor_id)
        and (p_about is null or e.request_id = p_about or position(p_about::text in e.data::text) > 0)
        and (p_from is null or e.created_at >= p_from) and (p_to is null or e.created_at < p_to)
      order by f.position desc limit p_limit);
    next_before := case when cardinality(v_positions) = p_limit then v_positions[p_limit] else v_floor + 1 end;
    if next_before <= v_start + 1 then next_before := null; end if;
  end if;
  if next_before is not null then
    searched_to := (select e.created_at from feed f cross join lateral (select created_at from events where organization_id = p_organization_id and id = f.event_id limit 1) e
                    where f.organization_id = p_organization_id and f.position = next_before);
  end if;

  select json_agg(json_build_object(
      'entry', f.position, 'id', e.id, 'type', e.type, 'created_at', iso_time(e.created_at),
      'actor', json_build_object('kind', e.actor_kind, 'id', e.actor_id, 'name', coalesce(p.name, c.name)),
      'request', case when r.id is not null then json_build_object('id', r.id, 'title', r.title) end,
      'data', e.data) order by f.position desc)
  into items
  from unnest(v_positions) as wanted (position)
  cross join lateral (select * from feed where organization_id = p_organization_id and feed.position = wanted.position limit 1) f
  cross join lateral (select * from events where organization_id = p_organization_id and id = f.event_id limit 1) e
  left join people p on e.actor_kind = 'person' and p.id = e.actor_id
  left join connections c on e.actor_kind = 'connection' and c.organization_id = p_organization_id and c.id = e.actor_id
  left join lateral (select id, title from requests where organization_id = p_organization_id and id = e.request_id limit 1) r on true;
end $$;
