-- Events as the feed and webhooks show them. An event before its request's decision shows the request as pending;
-- everything else about the request is as it is now. Unknown and foreign ids are absent.
create or replace function describe_events(p_organization_id uuid, p_ids uuid[])
returns table (event_id uuid, item json)
language plpgsql stable
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  return query
  select e.id, row_to_json(described)
  from unnest(p_ids) as wanted (id)
  cross join lateral (select * from events where events.organization_id = p_organization_id and events.id = wanted.id limit 1) e
  left join people actor_person on e.actor_kind = 'person' and actor_person.id = e.actor_id
  left join connections actor_connection on e.actor_kind = 'connection' 
    and actor_connection.organization_id = p_organization_id and actor_connection.id = e.actor_id
  left join lateral (select * from requests where requests.organization_id = p_organization_id and requests.id = e.request_id limit 1) r on true
  left join lateral (
    select ending.id, ending.data ->> 'reason' as reason from events ending
    where ending.organization_id = p_organization_id and ending.request_id = e.request_id and ending.sequence <= e.sequence
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
          case when moment.is_decided and r.decided_via is not null then (select row_to_json(v) from (
            select r.decided_via ->> 'kind' as kind, r.decided_via ->> 'id' as id, r.decided_via ->> 'name' as name
          ) v) end as decided_via,
          case when moment.is_decided then ending.reason end as decision_reason,
          case when moment.is_decided then r.decision_comment end as decision_comment
      ) q) end as request
  ) described;
end $$;
