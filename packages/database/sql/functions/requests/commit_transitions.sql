-- Stores the state machine's decisions, for requests whose version is still the judged one.
-- p_guarded: an item is refused while the emergency stop is on. p_rearranging: an item has steps, or voids or replaces votes.
-- p_commenting: an item has a comment. A delivery's lease_seconds: it is stored as claimed, with its first attempt
-- under way; null: a worker claims it. context_html: an empty text removes the context.
-- A guarded item is refused if it counts on the vote of a person who may approve no more: a voter, or one of relies_on.
-- Items that are neither in `committed` nor refused by `stopped` are stale: read them again and judge again.
create or replace function commit_transitions(
  p_organization_id uuid, p_items json, p_guarded boolean, p_rearranging boolean, p_commenting boolean,
  out committed uuid[], out stopped boolean)
language plpgsql set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  i record;
  v_gone uuid[] := '{}';
begin
  committed := '{}';
  perform set_config('sayso.organization_id', p_organization_id::text, true);
  stopped := p_guarded and emergency_stop_is_active(p_organization_id);
  if p_guarded then v_gone := lock_voters(p_organization_id, p_items); end if;

  -- In the order of ids, so that two batches can't deadlock.
  for i in
    select * from json_to_recordset(p_items) as x (
      id uuid, expected_version integer, refuse_when_stopped boolean, refuse_when_due boolean, status text,
      title text, description text, metadata json, context_html text, current_approvals integer, required_approvals integer,
      required_steps integer, is_sequential boolean, assigned_approvers json, event_sequence integer, comments_count integer,
      decided_at timestamptz, decided_by uuid, decided_via_connection_id uuid, decided_via json,
      askers json, drops_auto_action boolean, decision_comment text, decision_source text, votes json, relies_on json)
    where not (x.refuse_when_stopped and stopped)
      and (v_gone = '{}' or not exists (
        select from json_to_recordset(x.votes) as v (person_id uuid) where v.person_id = any (v_gone)
        union all
        select from json_array_elements_text(x.relies_on) p where p::uuid = any (v_gone)))
    order by x.id
  loop
    update requests r set
      version = r.version + 1, status = i.status, current_approvals = i.current_approvals,
      required_approvals = i.required_approvals, required_steps = i.required_steps,
      is_sequential = coalesce(i.is_sequential, r.is_sequential),
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
    where r.organization_id = p_organization_id and r.id = i.id and r.version = i.expected_version
      and not (i.refuse_when_due and coalesce(least(r.expires_at, r.auto_action_at) <= clock_timestamp(), false));
    continue when not found;
    committed := committed || i.id;
    -- A separate update, because naming the text columns makes the search index them again.
    if i.title is not null or i.description is not null or i.metadata is not null then
      update requests r set title = coalesce(i.title, r.title), description = coalesce(i.description, r.description),
        metadata = coalesce(i.metadata, r.metadata)
      where r.organization_id = p_organization_id and r.id = i.id;
    end if;
    if i.context_html is not null then
      update requests r set context_html = nullif(i.context_html, '')
      where r.organization_id = p_organization_id and r.id = i.id;
    end if;
  end loop;

  if committed = '{}' then return; end if;
  if p_rearranging then perform store_steps(p_organization_id, p_items, committed); end if;
  if p_commenting then
    insert into comments (id, organization_id, request_id, person_id, connection_id, via, body, created_at)
    select c.id, p_organization_id, x.id, c.person_id, c.connection_id, c.via, c.body, c.created_at
    from json_to_recordset(p_items) as x (id uuid, comments json), json_to_recordset(x.comments) as c (
      id uuid, person_id uuid, connection_id uuid, via jsonb, body text, created_at timestamptz)
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
