-- Stores new requests of one organization with their steps, events and totals, in one round trip. It stores and guards;
-- the state machine (packages/core/src/state-machine/machine.ts) decides what a command means.
-- An item holds the columns of its request that aren't null (packages/core/src/requests/columns.ts), `steps`, `events`
-- and `auto_action_after_minutes`.
-- outcome: created | exists (the asker has used this idempotency key) | deadline_passed | stopped
create or replace function create_requests(p_organization_id uuid, p_items json, p_have_steps boolean)
returns table (request_id uuid, outcome text, created_at timestamptz, auto_action_at timestamptz)
language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  v_item json;
  v_row requests;
  v_rows requests[] := '{}';
begin
  perform set_config('sayso.organization_id', p_organization_id::text, true);
  if emergency_stop_is_active(p_organization_id) then
    return query select (i ->> 'id')::uuid, 'stopped', null::timestamptz, null::timestamptz
                 from json_array_elements(p_items) i;
    return;
  end if;
  for v_item in select json_array_elements(p_items) loop
    v_row := json_populate_record(null::requests, v_item);
    -- The defaults of columns that can't be null: the release before this one doesn't send a column that is new.
    v_row.current_approvals := coalesce(v_row.current_approvals, 0);
    v_row.comments_count := coalesce(v_row.comments_count, 0);
    v_row.is_sequential := coalesce(v_row.is_sequential, false);
    v_row.steps_at_once := coalesce(v_row.steps_at_once, false);
    v_row.require_rejection_reason := coalesce(v_row.require_rejection_reason, false);
    v_row.is_log := coalesce(v_row.is_log, false);
    v_row.is_change := coalesce(v_row.is_change, false);
    v_row.version := coalesce(v_row.version, 1);
    v_row.event_sequence := coalesce(v_row.event_sequence, 0);
    v_row.organization_id := p_organization_id;
    v_row.auto_action_at := now() + make_interval(mins => (v_item ->> 'auto_action_after_minutes')::integer);
    v_row.created_at := now();
    v_row.updated_at := now();
    v_row.decided_at := case when v_row.status <> 'pending' then now() end;
    v_rows := v_rows || v_row;
  end loop;
  return query
  with items as (
    select * from unnest(v_rows)
  ), inserted as (
    insert into requests as r
    select * from items i
    where i.expires_at is null or i.expires_at > now()
    on conflict (organization_id, idempotency_key, connection_id, created_by) where idempotency_key is not null do nothing
    returning r.id, r.status, r.priority, r.created_at, r.auto_action_at
  ), new_events as (
    insert into events (id, organization_id, request_id, sequence, type, actor_kind, actor_id, data)
    select e.id, p_organization_id, i.id, e.sequence, e.type, e.actor_kind, e.actor_id, e.data
    from json_to_recordset(p_items) as i (id uuid, events json) join inserted using (id),
      json_to_recordset(i.events) as e (
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
                       assigned_user_ids, assigned_team_id, assigned_role, needs_each, of_quorum)
    select s.id, p_organization_id, i.id, s.step_order, s.name, s.status, s.required_approvals,
      case when s.assigned_user_ids is not null
        then array(select a::uuid from json_array_elements_text(s.assigned_user_ids) a) end,
      s.assigned_team_id, s.assigned_role, coalesce(s.needs_each, false),
      -- The release before this one doesn't send of_quorum: a step of one of the named approvers in order is of a quorum.
      coalesce(s.of_quorum, i.is_sequential and s.name is null and s.required_approvals = 1
        and json_array_length(s.assigned_user_ids) = 1 and json_array_length(i.steps) = json_array_length(i.assigned_approvers)
        and s.assigned_user_ids ->> 0 = i.assigned_approvers ->> (s.step_order - 1), false)
    from json_to_recordset(p_items) as i (
      id uuid, steps json, is_sequential boolean, assigned_approvers json), json_to_recordset(i.steps) as s (
      id uuid, step_order integer, name text, status text, required_approvals integer,
      assigned_user_ids json, assigned_team_id uuid, assigned_role text, needs_each boolean, of_quorum boolean)
    where exists (select from requests r where r.organization_id = p_organization_id and r.id = i.id);
  end if;
end $$;
