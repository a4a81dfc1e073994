-- A page of an organization's feed: at most p_limit visible events of these types (null: any) among the p_scan places
-- after p_after (null: the feed's end, and no events). mark: the first bytes of the hash at a position, which identify
-- this history. is_known: p_after with p_mark is a place of this history. items: [position, mark in hex, event] each.
create or replace function read_feed(
  p_organization_id uuid, p_after bigint, p_mark bytea, p_types text[], p_sees_all boolean, p_limit integer,
  p_scan integer, out is_known boolean, out reached bigint, out mark bytea, out head bigint, out items json)
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off
set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_ids uuid[];
begin
  perform set_config('sayso.organization_id', p_organization_id::text, true);
  select h.position into head from feed_heads h where h.organization_id = p_organization_id;
  head := coalesce(head, 0);
  reached := coalesce(p_after, head);
  mark := (select substring(f.hash for 8) from feed f where f.organization_id = p_organization_id and f.position = reached);
  is_known := reached = 0 or p_after is null or coalesce(mark = p_mark, false);
  if not is_known or reached >= head then return; end if;

  with found as materialized (
    select f.position, f.hash, f.event_id
    from feed f cross join lateral (select type from events where organization_id = p_organization_id and id = f.event_id limit 1) e
    where f.organization_id = p_organization_id and f.position > reached and f.position <= least(head, reached + p_scan)
      and (p_sees_all or is_for_everybody(e.type)) and (p_types is null or event_matches(e.type, p_types))
    order by f.position limit p_limit
  ), described as materialized (
    select d.event_id, d.item from describe_events(p_organization_id, array(select event_id from found)) d
  )
  select json_agg(json_build_array(f.position, encode(substring(f.hash for 8), 'hex'), d.item) order by f.position),
    case when count(*) = p_limit then max(f.position) else least(head, reached + p_scan) end
  into items, reached
  from found f left join described d on d.event_id = f.event_id;
  mark := (select substring(f.hash for 8) from feed f where f.organization_id = p_organization_id and f.position = reached);
end $$;
