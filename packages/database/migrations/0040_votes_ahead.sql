-- A request that approves itself is a vote that somebody casts ahead: who that is stands with it. No foreign key, as 0002 says.
alter table requests add column auto_action_by uuid, add column auto_action_of_template boolean;
-- Who wrote its defaults last; null: nobody knows.
alter table templates add column defaults_by uuid references people;
-- Each of the people whom it names has to approve.
alter table steps add column needs_each boolean not null default false;

-- Of what was there before: a template's defaults are whoever's who wrote it last, in person as far as they approve.
set local role sayso_system;
update templates t set defaults_by = (
  select e.actor_id from events e
  where e.organization_id = t.organization_id and e.request_id is null and e.actor_kind = 'person'
    and e.type in ('template.created', 'template.updated') and e.data ->> 'template_id' = t.id::text
  order by e.created_at desc, e.id desc limit 1)
where t.defaults ->> 'autoAction' = 'approve';
update requests r set auto_action_of_template = t.id is not null,
  auto_action_by = case when t.id is not null then t.defaults_by else coalesce(r.created_by, c.owner_id) end
from requests o
left join templates t on t.id = o.template_id and t.defaults ->> 'autoAction' = 'approve'
left join connections c on c.id = o.connection_id
where o.id = r.id and r.status = 'pending' and r.auto_action = 'approve';
-- Of a run, a quorum above one was each of the named people.
update steps s set needs_each = true from requests r
where r.id = s.request_id and r.status = 'pending' and r.flow_id is not null and s.required_approvals > 1
  and s.assigned_team_id is null and s.required_approvals = cardinality(s.assigned_user_ids);
reset role;

-- As in 0039, with who wrote the rule, and steps that need each.
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
         -- A retry of what was made in time may come after the deadline.
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
    where exists (select from requests r where r.id = i.id);
  end if;
end $$;

create or replace function commit_transitions(
  p_organization_id uuid, p_items json, p_guarded boolean, p_rearranging boolean, p_commenting boolean,
  out committed uuid[], out stopped boolean)
language plpgsql set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
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
      decided_at timestamptz, decided_by uuid, decided_via_connection_id uuid, decided_via json,
      askers json, drops_auto_action boolean, decision_comment text, decision_source text)
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
      decided_via = i.decided_via, askers = case when i.askers is not null
        then array(select a from json_array_elements_text(i.askers) a)
        else r.askers end,
      auto_action = case when i.drops_auto_action then null else r.auto_action end,
      auto_action_at = case when i.drops_auto_action then null else r.auto_action_at end,
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
    insert into votes (id, organization_id, request_id, step_id, person_id, connection_id, via, decision, comment, source)
    select v.id, p_organization_id, items.id, v.step_id, v.person_id, v.connection_id, v.via, v.decision, v.comment,
      v.source
    from items, json_to_recordset(items.votes) as v (
      id uuid, step_id uuid, person_id uuid, connection_id uuid, via json, decision text, comment text, source text)
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

create or replace function load_requests(p_organization_id uuid, p_ids uuid[], p_person_ids uuid[])
returns table (state json)
language plpgsql set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
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
    'auto_action_at', r.auto_action_at,
    'rule', case when r.auto_action = 'approve' and r.status = 'pending' then json_build_object(
      'is_templates', coalesce(r.auto_action_of_template, false),
      'author', (select json_build_object('person_id', m.person_id, 'role', m.role,
           'can_approve', m.can_approve and p.disabled_at is null,
           'team_ids', (select json_agg(t.team_id) from team_members t where t.person_id = m.person_id))
         from memberships m join people p on p.id = m.person_id
         where m.person_id = r.auto_action_by and (r.auto_action_of_template or r.created_by is not null
           or (c.can_decide and c.can_decide_own and c.owner_id = r.auto_action_by)))) end,
    'event_sequence', r.event_sequence,
    'comments_count', r.comments_count, 'decided_at', r.decided_at, 'decided_by', r.decided_by,
    'decided_via_connection_id', r.decided_via_connection_id, 'decided_via', r.decided_via,
    'asked_via', (select e.data -> 'via' from events e where e.request_id = r.id and e.sequence = 1 limit 1),
    'askers', r.askers, 'decision_comment', r.decision_comment,
    'decision_source', r.decision_source, 'created_at', r.created_at, 'now', clock_timestamp(),
    'four_eyes', o.four_eyes or r.is_change,
    'stopped', o.emergency_stop_at is not null,
    'steps', case when r.required_steps is not null then
      (select json_agg(json_build_object('id', s.id, 'step_order', s.step_order, 'name', s.name,
         'status', s.status, 'required_approvals', s.required_approvals,
         'assigned_user_ids', s.assigned_user_ids, 'assigned_team_id', s.assigned_team_id,
         'assigned_role', s.assigned_role, 'needs_each', s.needs_each, 'decided_at', s.decided_at, 'decided_by', s.decided_by)
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

-- As in 0003, with steps that need each.
create or replace function store_steps(p_organization_id uuid, p_items json, p_committed uuid[]) returns void
language plpgsql as $$
begin
  update votes v set voided_at = now()
  from json_to_recordset(p_items) as i (id uuid, void_votes boolean)
  where i.void_votes and i.id = any (p_committed) and v.request_id = i.id and v.voided_at is null;

  delete from steps s
  using json_to_recordset(p_items) as i (id uuid, steps json)
  where i.id = any (p_committed) and i.steps is not null and s.request_id = i.id
    and s.id not in (select x.id from json_to_recordset(i.steps) as x (id uuid));

  insert into steps as s (id, organization_id, request_id, step_order, name, status, required_approvals,
                          assigned_user_ids, assigned_team_id, assigned_role, needs_each, decided_at, decided_by)
  select x.id, p_organization_id, i.id, x.step_order, x.name, x.status, x.required_approvals,
    case when x.assigned_user_ids is not null
      then array(select a::uuid from json_array_elements_text(x.assigned_user_ids) a) end,
    x.assigned_team_id, x.assigned_role, coalesce(x.needs_each, false), x.decided_at, x.decided_by
  from json_to_recordset(p_items) as i (id uuid, steps json), json_to_recordset(i.steps) as x (
    id uuid, step_order integer, name text, status text, required_approvals integer,
    assigned_user_ids json, assigned_team_id uuid, assigned_role text, needs_each boolean,
    decided_at timestamptz, decided_by uuid)
  where i.id = any (p_committed)
  on conflict (id) do update set
    status = excluded.status, assigned_user_ids = excluded.assigned_user_ids,
    decided_at = excluded.decided_at, decided_by = excluded.decided_by;
end $$;
