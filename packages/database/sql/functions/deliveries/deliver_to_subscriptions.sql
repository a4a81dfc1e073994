-- Enqueues one delivery for each of these events and each subscription that wants it, if the subscription's owner sees
-- the request. An app in a person's name sees what the person sees as a member. Events about subscriptions and their
-- deliveries are in the feed but are never delivered, because a failing subscription would feed itself.
create or replace function deliver_to_subscriptions(p_organization_id uuid, p_event_ids uuid[]) returns boolean
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  with told as materialized (
    select e.* from unnest(p_event_ids) as added (id)
    cross join lateral (select * from events where organization_id = p_organization_id and id = added.id limit 1) e
    where event_family(e.type) <> 'subscription' and e.data ->> 'subscription_id' is null
  ), active as materialized (
    select s.*, owner.is_admin, case when not coalesce(owner.is_admin, false) then viewer_keys_of(s.organization_id,
      case when s.person_id is null then 'connection' else 'person' end, coalesce(s.person_id, s.connection_id)) end as viewer_keys
    from subscriptions s cross join lateral subscription_owner(s.organization_id, s.id) owner
    where s.organization_id = p_organization_id and s.disabled_at is null and s.deleted_at is null
      and owner.standing = 'live'
  ), wanted as materialized (
    select e.id as event_id, e.type, e.request_id, s.id as subscription_id, s.organization_id, s.connection_id,
      s.target_url, s.origin, s.filter
    from told e join active s on s.created_at <= e.created_at
      and event_matches(e.type, s.event_types) and (s.is_admin or is_for_everybody(e.type))
      and (s.viewer_keys is null or e.request_id is null or sees_request(p_organization_id, e.request_id, s.viewer_keys))
  ), described as materialized (
    select d.event_id, d.item, d.item -> 'request' as request
    from describe_events(p_organization_id, array(select distinct w.event_id from wanted w)) d
  )
  insert into deliveries (id, organization_id, connection_id, subscription_id, request_id, event_id, event_type,
                          url, origin, body)
  select gen_random_uuid(), w.organization_id, w.connection_id, w.subscription_id, w.request_id, w.event_id, w.type,
    w.target_url, w.origin, d.item
  from wanted w join described d on d.event_id = w.event_id
  where (w.filter -> 'priority' is null or w.filter -> 'priority' ? (d.request ->> 'priority'))
    and (w.filter -> 'action_type' is null or w.filter -> 'action_type' ? (d.request ->> 'action_type'))
    and (w.filter -> 'source' is null or w.filter -> 'source' ? (d.request ->> 'source'))
    and (w.filter -> 'status' is null or w.filter -> 'status' ? (d.request ->> 'status'));
  return found;
end $$;
