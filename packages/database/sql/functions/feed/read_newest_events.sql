-- The newest p_limit visible events of these types (null: any) among the last p_scan places of an organization's feed, and
-- the feed's end as read_feed gives it. A reader who goes on from that end misses nothing.
create or replace function read_newest_events(
  p_organization_id uuid, p_types text[], p_sees_all boolean, p_limit integer, p_scan integer,
  out head bigint, out mark bytea, out items json)
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off
set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  perform set_config('sayso.organization_id', p_organization_id::text, true);
  select h.position into head from feed_heads h where h.organization_id = p_organization_id;
  head := coalesce(head, 0);
  mark := (select substring(f.hash for 8) from feed f where f.organization_id = p_organization_id and f.position = head);

  with found as materialized (
    select f.position, f.hash, f.event_id
    from feed f cross join lateral (select type from events where organization_id = p_organization_id and id = f.event_id limit 1) e
    where f.organization_id = p_organization_id and f.position > head - p_scan and f.position <= head
      and (p_sees_all or is_for_everybody(e.type)) and (p_types is null or event_matches(e.type, p_types))
    order by f.position desc limit p_limit
  ), described as materialized (
    select d.event_id, d.item from describe_events(p_organization_id, array(select event_id from found)) d
  )
  select json_agg(json_build_array(f.position, encode(substring(f.hash for 8), 'hex'), d.item) order by f.position)
  into items
  from found f left join described d on d.event_id = f.event_id;
end $$;
