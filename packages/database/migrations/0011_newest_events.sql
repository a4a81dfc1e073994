-- The newest events of a feed, and on what grounds a request ended as part of what its events show.

-- As in 0010; the request also says on what grounds it ended (decision_reason), which its ending event knows.
create or replace function describe_events(p_ids uuid[]) returns table (event_id uuid, item json)
language plpgsql stable
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  return query
  select e.id, row_to_json(described)
  from unnest(p_ids) as wanted (id)
  cross join lateral (select * from events where events.id = wanted.id limit 1) e
  left join people actor_person on e.actor_kind = 'person' and actor_person.id = e.actor_id
  left join connections actor_connection on e.actor_kind = 'connection' and actor_connection.id = e.actor_id
  left join lateral (select * from requests where requests.id = e.request_id limit 1) r on true
  left join lateral (
    select ending.id, ending.data ->> 'reason' as reason from events ending
    where ending.request_id = e.request_id and ending.sequence <= e.sequence
      and ending.type in ('approval.approved', 'approval.rejected', 'approval.cancelled', 'approval.expired')
    limit 1
  ) ending on true
  cross join lateral (select r.status <> 'pending' and (r.is_log or ending.id is not null) as is_decided) moment
  left join people decider on moment.is_decided and decider.id = r.decided_by
  cross join lateral (
    select e.id, e.type, e.sequence, iso_time(e.created_at) as created_at, e.organization_id, e.request_id,
      (select row_to_json(a) from (
        select e.actor_kind as kind, e.actor_id as id, coalesce(actor_person.name, actor_connection.name) as name
      ) a) as actor,
      e.data,
      case when r.id is not null then (select row_to_json(q) from (
        select r.id, r.title, r.description, case when moment.is_decided then r.status else 'pending' end as status,
          r.priority, r.action_type, r.source, r.source_id, r.source_name, r.source_url, r.metadata, r.created_by,
          r.connection_id, iso_time(r.created_at) as created_at, iso_time(r.expires_at) as expires_at,
          r.required_approvals,
          case when moment.is_decided then iso_time(r.decided_at) end as decided_at,
          case when moment.is_decided and r.decided_by is not null then (select row_to_json(d) from (
            select r.decided_by as id, decider.name, decider.email
          ) d) end as decided_by,
          case when moment.is_decided then ending.reason end as decision_reason,
          case when moment.is_decided then r.decision_comment end as decision_comment
      ) q) end as request
  ) described;
end $$;

-- The newest p_limit events of an organization's feed, of these types (null: any) that may be seen, among its last
-- p_scan places; and its end, as read_feed (0010) tells it. They all stand before that end, and nothing else does that
-- a reader who goes on from there would have to be shown.
create function read_newest_events(
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
    from feed f cross join lateral (select type from events where id = f.event_id limit 1) e
    where f.organization_id = p_organization_id and f.position > head - p_scan and f.position <= head
      and (p_sees_all or is_for_everybody(e.type)) and (p_types is null or event_matches(e.type, p_types))
    order by f.position desc limit p_limit
  ), described as materialized (
    select d.event_id, d.item from describe_events(array(select event_id from found)) d
  )
  select json_agg(json_build_array(f.position, encode(substring(f.hash for 8), 'hex'), d.item) order by f.position)
  into items
  from found f left join described d on d.event_id = f.event_id;
end $$;
