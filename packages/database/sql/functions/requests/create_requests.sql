-- Stores new requests of one organization with their steps, events and totals, in one round trip. It stores and guards;
-- the state machine (packages/core/src/state-machine/machine.ts) decides what a command means.
-- outcome: created | exists (the asker has used this idempotency key) | deadline_passed | stopped
create or replace function create_requests(p_organization_id uuid, p_items json, p_have_steps boolean)
returns table (request_id uuid, outcome text, created_at timestamptz, auto_action_at timestamptz)
language plpgsql set plan_cache_mode = force_generic_plan as $$
begin
  perform set_config('sayso.organization_id', p_organization_id::text, true);
  if emergency_stop_is_active(p_organization_id) then
    return query select (i ->> 'id')::uuid, 'stopped', null::timestamptz, null::timestamptz
                 from json_array_elements(p_items) i;
    return;
  end if;
  return query
  with items as materialized (
    select * from json_to_recordset(p_items) as i (
      id uuid, connection_id uuid, created_by uuid, askers json, title text, description text, status text, priority text,
      action_type text, source text, source_id text, source_name text, source_url text, metadata json,
      context_html text, callback_url text, callback_headers text, required_approvals integer,
      required_steps integer, is_sequential boolean, assigned_approvers json, assigned_team_id uuid,
      require_rejection_reason boolean, is_log boolean, template_id uuid, expires_at timestamptz,
      auto_action text, auto_action_after_minutes integer, auto_action_by uuid, auto_action_of_template boolean,
      idempotency_key text, idempotency_hash text,
      event_sequence integer, steps json, events json)
  ), inserted as (
    insert into requests as r (
      id, organization_id, connection_id, created_by, askers, title, description, status, priority, action_type,
      source, source_id, source_name, source_url, metadata, context_html, callback_url, callback_headers,
      required_approvals, required_steps, is_sequential, assigned_approvers, assigned_team_id,
      require_rejection_reason, is_log, template_id, expires_at, auto_action, auto_action_at,
      auto_action_by, auto_action_of_template,
      idempotency_key, idempotency_hash, event_sequence, decided_at)
    select i.id, p_organization_id, i.connection_id, i.created_by,
      array(select a from json_array_elements_text(i.askers) a), i.title, i.description, i.status, i.priority,
      i.action_type, i.source, i.source_id, i.source_name, i.source_url, i.metadata, i.context_html,
      i.callback_url, decode(i.callback_headers, 'base64'), i.required_approvals, i.required_steps,
      i.is_sequential,
      case when i.assigned_approvers is not null
        then array(select a::uuid from json_array_elements_text(i.assigned_approvers) a) end,
      i.assigned_team_id, i.require_rejection_reason, i.is_log, i.template_id, i.expires_at, i.auto_action,
      now() + make_interval(mins => i.auto_action_after_minutes), i.auto_action_by, i.auto_action_of_template,
      i.idempotency_key, decode(i.idempotency_hash, 'base64'), i.event_sequence,
      case when i.status <> 'pending' then now() end
    from items i
    where i.expires_at is null or i.expires_at > now()
    on conflict (organization_id, idempotency_key, connection_id, created_by) where idempotency_key is not null do nothing
    returning r.id, r.status, r.priority, r.created_at, r.auto_action_at
  ), new_events as (
    insert into events (id, organization_id, request_id, sequence, type, actor_kind, actor_id, data)
    select e.id, p_organization_id, i.id, e.sequence, e.type, e.actor_kind, e.actor_id, e.data
    from items i join inserted using (id), json_to_recordset(i.events) as e (
      id uuid, sequence integer, type text, actor_kind text, actor_id uuid, data json)
  ), new_counts as (
    insert into request_counts as c (organization_id, status, priority, shard, count)
    select p_organization_id, n.status, n.priority, count_shard(), count(*)
    from inserted n group by n.status, n.priority order by n.status, n.priority
    on conflict (organization_id, status, priority, shard) do update set count = c.count + excluded.count
  )
  select i.id,
    case when n.id is not null then 'created'
         -- A retry of a request that was made in time can come after the deadline.
         when i.expires_at <= now() and (i.idempotency_key is null or not exists (
           select from requests r
           where r.organization_id = p_organization_id and r.idempotency_key = i.idempotency_key
             and r.connection_id is not distinct from i.connection_id
             and r.created_by is not distinct from i.created_by)) then 'deadline_passed'
         else 'exists' end,
    n.created_at::timestamptz, n.auto_action_at::timestamptz
  from items i left join inserted n using (id);

  if p_have_steps then
    insert into steps (id, organization_id, request_id, step_order, name, status, required_approvals,
                       assigned_user_ids, assigned_team_id, assigned_role, needs_each)
    select s.id, p_organization_id, i.id, s.step_order, s.name, s.status, s.required_approvals,
      case when s.assigned_user_ids is not null
        then array(select a::uuid from json_array_elements_text(s.assigned_user_ids) a) end,
      s.assigned_team_id, s.assigned_role, coalesce(s.needs_each, false)
    from json_to_recordset(p_items) as i (id uuid, steps json), json_to_recordset(i.steps) as s (
      id uuid, step_order integer, name text, status text, required_approvals integer,
      assigned_user_ids json, assigned_team_id uuid, assigned_role text, needs_each boolean)
    where exists (select from requests r where r.organization_id = p_organization_id and r.id = i.id);
  end if;
end $$;
