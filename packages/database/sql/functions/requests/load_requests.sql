-- All that the state machine needs to judge commands on these requests, with the database's clock. `member` holds the
-- present rights of the person at the same place of p_person_ids. `request` holds all columns; its context_html is null.
-- Unknown and foreign ids are absent. The author of an automatic approval has been a member since the request was made, and
-- a voter whose vote counts since they voted: a person who left and came back has another membership. The author has also
-- kept the right to write the rule since then (rules_since).
-- Looks up rows one by one (lateral, limit 1), and keeps partial indexes out ("is true"), because a join that was
-- planned while the tables were small would read all votes, or all connections.
create or replace function load_requests(p_organization_id uuid, p_ids uuid[], p_person_ids uuid[])
returns table (state json)
language plpgsql set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
  perform set_config('sayso.organization_id', p_organization_id::text, true);
  return query
  select json_build_object(
    'request', row_to_json(r.request), 'wanted_for', wanted.person_id, 'connection_owner_id', c.owner_id,
    'webhook_secret', case when r.status = 'pending' and r.callback_url is not null then encode(coalesce(c.webhook_secret, o.webhook_secret), 'base64') end,
    'previous_webhook_secret', case when r.status = 'pending' and r.callback_url is not null then encode(
      case when c.id is null and o.previous_webhook_secret_until > now() then o.previous_webhook_secret
           when c.previous_webhook_secret_until > now() then c.previous_webhook_secret end, 'base64') end,
    'rule', case when r.auto_action = 'approve' and r.status = 'pending' then json_build_object(
      'is_templates', coalesce(r.auto_action_of_template, false),
      'author', (select json_build_object('person_id', m.person_id, 'role', m.role,
           'can_approve', m.can_approve and p.disabled_at is null,
           'team_ids', (select json_agg(t.team_id) from team_members t
           where t.organization_id = m.organization_id and t.person_id = m.person_id))
         from memberships m join people p on p.id = m.person_id
         where m.organization_id = p_organization_id and m.person_id = r.auto_action_by and greatest(m.created_at, m.rules_since) <= r.created_at
           and (r.auto_action_of_template or r.created_by is not null
           or (c.can_decide and c.can_decide_own and c.owner_id = r.auto_action_by
             and coalesce(c.decides_since, c.created_at) <= r.created_at)))) end,
    'asked_via', (select e.data -> 'via' from events e
      where e.organization_id = p_organization_id and e.request_id = r.id and e.sequence = 1 limit 1),
    'now', clock_timestamp(),
    'four_eyes', o.four_eyes or r.is_change,
    'stopped', o.emergency_stop_at is not null,
    'steps', case when r.required_steps is not null then
      (select json_agg(json_build_object('id', s.id, 'step_order', s.step_order, 'name', s.name,
         'status', s.status, 'required_approvals', s.required_approvals,
         'assigned_user_ids', s.assigned_user_ids, 'assigned_team_id', s.assigned_team_id,
         'assigned_role', s.assigned_role, 'needs_each', s.needs_each, 'of_quorum', s.of_quorum,
         'decided_at', s.decided_at, 'decided_by', s.decided_by)
         order by s.step_order, s.id)
       from steps s where s.organization_id = p_organization_id and s.request_id = r.id) end,
    'votes', case when r.version > 1 then
      (select json_agg(json_build_object('step_id', v.step_id, 'person_id', v.person_id, 'connection_id', v.connection_id,
         'decision', v.decision, 'counts', exists (
           select from memberships m where m.organization_id = p_organization_id and m.person_id = v.person_id
             and m.can_approve and m.created_at <= v.created_at
             and exists (select from people p where p.id = v.person_id and p.disabled_at is null))) order by v.id)
       from votes v
       where v.organization_id = p_organization_id and v.request_id = r.id and (v.voided_at is null) is true) end,
    'member', (select json_build_object('person_id', m.person_id, 'name', p.name, 'email', p.email,
         'role', m.role, 'can_approve', m.can_approve and p.disabled_at is null,
         'team_ids', (select json_agg(t.team_id) from team_members t
           where t.organization_id = m.organization_id and t.person_id = m.person_id))
       from memberships m join people p on p.id = m.person_id
       where m.organization_id = p_organization_id and m.person_id = wanted.person_id))
  from unnest(p_ids, p_person_ids) as wanted (id, person_id)
  cross join lateral (
    select q.*, case when q.context_html is null then q else jsonb_populate_record(q, '{"context_html": null}') end as request
    from requests q where q.organization_id = p_organization_id and q.id = wanted.id limit 1) r
  join organizations o on o.id = r.organization_id
  left join lateral (select * from connections where organization_id = p_organization_id and id = r.connection_id limit 1) c on true;
end $$;
