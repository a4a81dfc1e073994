-- Says whether a delivery to a subscription may still be sent: the subscription is told of events, and its owner may see
-- this event and its request now. So a delivery that was enqueued for an admin isn't sent after they became a member.
create or replace function delivery_is_told(
  p_organization_id uuid, p_subscription_id uuid, p_event_type text, p_request_id uuid) returns boolean
language plpgsql stable
set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
  o record;
  v_keys uuid[];
begin
  if not subscription_is_told(p_organization_id, p_subscription_id) then return false; end if;
  select owner.is_admin, s.person_id, s.connection_id into o
  from subscriptions s cross join lateral subscription_owner(s.organization_id, s.id) owner
  where s.organization_id = p_organization_id and s.id = p_subscription_id;
  if o.is_admin then return true; end if;
  if not is_for_everybody(p_event_type) then return false; end if;
  if p_request_id is null then return true; end if;
  v_keys := viewer_keys_of(p_organization_id,
    case when o.person_id is null then 'connection' else 'person' end, coalesce(o.person_id, o.connection_id));
  return v_keys is null or sees_request(p_organization_id, p_request_id, v_keys);
end $$;
