-- Deciding is a permission of its own, and a request remembers through what it was asked, changed and decided.

-- Through what it was decided or withdrawn: {kind, id, name, …} (core/via.ts).
alter table requests add column decided_via json;
-- What it was changed through after it was asked, as credentialsOf (core/via.ts) names it. What it was asked through stands
-- in its first event.
alter table requests add column changed_through text[];
alter table votes add column via json;

-- Apps that may ask may offer people deciding as well. What people and tokens were allowed so far stays without it: whoever
-- allowed "approvals:write" was told of deciding in one breath with asking, and may now choose.
-- A table's owner is held to its policies, and none is theirs: so not while this is done.
alter table oauth_clients no force row level security;
update oauth_clients set scopes = scopes || '{approvals:decide}'
where scopes && '{approvals:write,flows:write}' and not scopes @> '{approvals:decide}';
alter table oauth_clients force row level security;

-- As in 0023 and 0024, with what was decided, changed and voted through.
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
      changed_through json, decision_comment text, decision_source text)
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
      decided_via = i.decided_via, changed_through = case when i.changed_through is not null
        then array(select a from json_array_elements_text(i.changed_through) a)
        else r.changed_through end,
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

-- As in 0023, with what a request was asked, changed and decided through. Sequential scans are off, so that a plan made while
-- events were few finds the first one by its key later on.
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
    'auto_action_at', r.auto_action_at, 'event_sequence', r.event_sequence,
    'comments_count', r.comments_count, 'decided_at', r.decided_at, 'decided_by', r.decided_by,
    'decided_via_connection_id', r.decided_via_connection_id, 'decided_via', r.decided_via,
    'asked_via', (select e.data -> 'via' from events e where e.request_id = r.id and e.sequence = 1 limit 1),
    'changed_through', r.changed_through, 'decision_comment', r.decision_comment,
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
