-- A decision's callback is stored as claimed already where the process that decides has room for it, and rows are found
-- by their keys whatever the planner knew of the tables when it planned.

-- As in 0003. lease_seconds of a delivery: it is claimed for so long, its first attempt under way; null: a worker claims it.
create or replace function commit_transitions(
  p_organization_id uuid, p_items json, p_guarded boolean, p_rearranging boolean, p_commenting boolean,
  out committed uuid[], out stopped boolean)
language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  i record;
begin
  committed := '{}';
  perform set_config('sayso.organization_id', p_organization_id::text, true);
  stopped := p_guarded and emergency_stop_is_active(p_organization_id);

  -- By id, so that two batches can't wait for each other.
  for i in
    select * from json_to_recordset(p_items) as x (
      id uuid, expected_version integer, refuse_when_stopped boolean, refuse_when_due boolean, status text,
      title text, description text, metadata json, current_approvals integer, required_approvals integer,
      required_steps integer, assigned_approvers json, event_sequence integer, comments_count integer,
      decided_at timestamptz, decided_by uuid, decided_via_connection_id uuid, decision_comment text,
      decision_source text)
    where not (x.refuse_when_stopped and stopped)
    order by x.id
  loop
    update requests r set
      version = r.version + 1, status = i.status, current_approvals = i.current_approvals,
      required_approvals = i.required_approvals, required_steps = i.required_steps,
      assigned_approvers = case when i.assigned_approvers is not null
        then array(select a::uuid from json_array_elements_text(i.assigned_approvers) a)
        else r.assigned_approvers end,
      event_sequence = i.event_sequence, comments_count = i.comments_count, decided_at = i.decided_at,
      decided_by = i.decided_by, decided_via_connection_id = i.decided_via_connection_id,
      decision_comment = i.decision_comment, decision_source = i.decision_source, updated_at = now()
    where r.id = i.id and r.version = i.expected_version
      and not (i.refuse_when_due and r.due_at is not null and r.due_at <= clock_timestamp());
    continue when not found;
    committed := committed || i.id;
    -- By itself: whatever names the text makes PostgreSQL take it apart for the search again.
    if i.title is not null or i.description is not null or i.metadata is not null then
      update requests r set title = coalesce(i.title, r.title), description = coalesce(i.description, r.description),
        metadata = coalesce(i.metadata, r.metadata)
      where r.id = i.id;
    end if;
  end loop;

  if committed = '{}' then return; end if;
  if p_rearranging then perform store_steps(p_organization_id, p_items, committed); end if;
  if p_commenting then
    insert into comments (id, organization_id, request_id, person_id, connection_id, body, created_at)
    select c.id, p_organization_id, x.id, c.person_id, c.connection_id, c.body, c.created_at
    from json_to_recordset(p_items) as x (id uuid, comments json), json_to_recordset(x.comments) as c (
      id uuid, person_id uuid, connection_id uuid, body text, created_at timestamptz)
    where x.id = any (committed);
  end if;

  with items as materialized (
    select * from json_to_recordset(p_items) as x (
      id uuid, previous_status text, status text, priority text,
      votes json, events json, deliveries json)
    where x.id = any (committed)
  ), new_votes as (
    insert into votes (id, organization_id, request_id, step_id, person_id, connection_id, decision, comment, source)
    select v.id, p_organization_id, items.id, v.step_id, v.person_id, v.connection_id, v.decision, v.comment, v.source
    from items, json_to_recordset(items.votes) as v (
      id uuid, step_id uuid, person_id uuid, connection_id uuid, decision text, comment text, source text)
  ), new_events as (
    insert into events (id, organization_id, request_id, sequence, type, actor_kind, actor_id, data)
    select e.id, p_organization_id, items.id, e.sequence, e.type, e.actor_kind, e.actor_id, e.data
    from items, json_to_recordset(items.events) as e (
      id uuid, sequence integer, type text, actor_kind text, actor_id uuid, data json)
  ), new_deliveries as (
    insert into deliveries (id, organization_id, connection_id, request_id, event_id, event_type, url, origin, body,
                            attempts, next_attempt_at)
    select d.id, p_organization_id, d.connection_id, items.id, d.event_id, d.event_type, d.url, d.origin, d.body,
      case when d.lease_seconds is null then 0 else 1 end, now() + make_interval(secs => coalesce(d.lease_seconds, 0))
    from items, json_to_recordset(items.deliveries) as d (
      id uuid, connection_id uuid, event_id uuid, event_type text, url text, origin text, body text,
      lease_seconds integer)
  )
  insert into request_counts as c (organization_id, status, priority, shard, count)
  select p_organization_id, m.status, m.priority, count_shard(), sum(m.delta)
  from (
    select previous_status as status, priority, -1 as delta from items where status <> previous_status
    union all
    select status, priority, 1 from items where status <> previous_status
  ) m
  group by m.status, m.priority order by m.status, m.priority
  on conflict (organization_id, status, priority, shard) do update set count = c.count + excluded.count;
end $$;

-- As in 0014, with what a pending one's callback is sent with. Partial indexes are kept out ("is true"), and connections are looked up
-- one by one: planned while the tables were young, each call read all votes, or all connections.
create or replace function load_requests(p_organization_id uuid, p_ids uuid[], p_person_ids uuid[])
returns table (state json)
language plpgsql set plan_cache_mode = force_generic_plan as $$
begin
  perform set_config('sayso.organization_id', p_organization_id::text, true);
  return query
  select json_build_object(
    'id', r.id, 'wanted_for', wanted.person_id, 'version', r.version, 'status', r.status, 'priority', r.priority, 'title', r.title,
    'action_type', r.action_type, 'source', r.source, 'metadata', r.metadata,
    'connection_id', r.connection_id, 'created_by', r.created_by, 'connection_owner_id', c.owner_id,
    'callback_url', r.callback_url, 'callback_headers', case when r.status = 'pending' then encode(r.callback_headers, 'base64') end,
    'webhook_secret', case when r.status = 'pending' and r.callback_url is not null then encode(coalesce(c.webhook_secret, o.webhook_secret), 'base64') end,
    'previous_webhook_secret', case when r.status = 'pending' and r.callback_url is not null then encode(
      case when c.id is null and o.previous_webhook_secret_until > now() then o.previous_webhook_secret
           when c.previous_webhook_secret_until > now() then c.previous_webhook_secret end, 'base64') end,
    'required_approvals', r.required_approvals,
    'current_approvals', r.current_approvals, 'required_steps', r.required_steps,
    'is_sequential', r.is_sequential, 'assigned_approvers', r.assigned_approvers,
    'assigned_team_id', r.assigned_team_id, 'require_rejection_reason', r.require_rejection_reason,
    'is_log', r.is_log, 'is_change', r.is_change, 'expires_at', r.expires_at, 'auto_action', r.auto_action,
    'auto_action_at', r.auto_action_at, 'event_sequence', r.event_sequence,
    'comments_count', r.comments_count, 'decided_at', r.decided_at, 'decided_by', r.decided_by,
    'decided_via_connection_id', r.decided_via_connection_id, 'decision_comment', r.decision_comment,
    'decision_source', r.decision_source, 'created_at', r.created_at, 'now', clock_timestamp(),
    'four_eyes', o.four_eyes or r.is_change,
    'stopped', o.emergency_stop_at is not null,
    'steps', case when r.required_steps is not null then
      (select json_agg(json_build_object('id', s.id, 'step_order', s.step_order, 'name', s.name,
         'status', s.status, 'required_approvals', s.required_approvals,
         'assigned_user_ids', s.assigned_user_ids, 'assigned_team_id', s.assigned_team_id,
         'assigned_role', s.assigned_role, 'decided_at', s.decided_at, 'decided_by', s.decided_by)
         order by s.step_order, s.id)
       from steps s where s.request_id = r.id) end,
    'votes', case when r.version > 1 then
      (select json_agg(json_build_object('step_id', v.step_id, 'person_id', v.person_id,
         'decision', v.decision) order by v.id)
       from votes v where v.request_id = r.id and (v.voided_at is null) is true) end,
    'member', (select json_build_object('person_id', m.person_id, 'name', p.name, 'email', p.email,
         'role', m.role, 'can_approve', m.can_approve and p.disabled_at is null,
         'team_ids', (select json_agg(t.team_id) from team_members t where t.person_id = m.person_id))
       from memberships m join people p on p.id = m.person_id where m.person_id = wanted.person_id))
  from unnest(p_ids, p_person_ids) as wanted (id, person_id)
  cross join lateral (
    select * from requests where id = wanted.id limit 1) r
  join organizations o on o.id = r.organization_id
  left join lateral (select * from connections where id = r.connection_id limit 1) c on true;
end $$;

-- As in 0017, each delivery found by its id: as a join it read all that were pending.
create or replace function record_attempts(p_items json) returns void
language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  i record;
  v_subscription_id uuid;
begin
  insert into delivery_attempts (id, organization_id, delivery_id, attempt, started_at, duration_ms,
                                 status_code, error, response_body, request_headers, response_headers)
  select attempt_id, organization_id, delivery_id, attempt, started_at, duration_ms, status_code, error, response_body,
    request_headers, response_headers
  from json_to_recordset(p_items) as x (
    attempt_id uuid, delivery_id uuid, organization_id uuid, attempt integer, started_at timestamptz,
    duration_ms integer, status_code integer, error text, response_body text, request_headers json,
    response_headers json);

  -- By id, so that two batches can't wait for each other.
  for i in
    select * from json_to_recordset(p_items) as x (
      delivery_id uuid, organization_id uuid, request_id uuid, attempt integer, status_code integer, error text,
      status text, retry_after_ms double precision, failed_event_id uuid)
    order by x.delivery_id
  loop
    update deliveries d set
      status = i.status, last_status_code = i.status_code, last_error = i.error,
      delivered_at = case when i.status = 'delivered' then now() else d.delivered_at end,
      next_attempt_at = case when i.status = 'pending'
        then now() + make_interval(secs => i.retry_after_ms / 1000) else d.next_attempt_at end
    where d.id = i.delivery_id and (d.status = 'pending') is true and (d.attempts = i.attempt or i.status = 'delivered')
    returning d.subscription_id into v_subscription_id;
    if found and i.failed_event_id is not null then
      insert into events (id, organization_id, request_id, sequence, type, actor_kind, data)
      select i.failed_event_id, i.organization_id, null, 0, 'delivery.failed', 'system', row_to_json(told)
      from (select i.delivery_id, i.request_id, v_subscription_id as subscription_id, i.status, i.attempt as attempts,
              i.status_code, i.error) told;
    end if;
  end loop;
end $$;
