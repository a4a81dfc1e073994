-- Adds an event to a decided request.
create or replace function append_request_event(
  p_organization_id uuid, p_request_id uuid, p_type text, p_actor_kind text, p_actor_id uuid, p_data json)
returns uuid
language sql as $$
  with request as (
    update requests r set event_sequence = r.event_sequence + 1, version = r.version + 1, updated_at = now()
    where r.organization_id = p_organization_id and r.id = p_request_id returning r.event_sequence
  )
  insert into events (id, organization_id, request_id, sequence, type, actor_kind, actor_id, data)
  select gen_random_uuid(), p_organization_id, p_request_id, request.event_sequence, p_type, p_actor_kind, p_actor_id, p_data
  from request
  returning id
$$;
