-- Who sees a request: everybody in the organization, or those who are involved in it. Why it is made this way, with figures:
-- docs/decisions/0026-visibility.md.

-- everyone: each member and each key sees every request. involved: those who asked it, are asked by it or took part in it,
-- and whoever administers the organization.
alter table organizations add column request_visibility text not null default 'everyone'
  check (request_visibility in ('everyone', 'involved'));
-- Under "involved": whether this connection's keys see every request, not only those that it asked.
alter table connections add column can_read_all boolean not null default false;

-- Whom a request is visible to under "involved", whatever the organization chose: ids of people, teams and connections, and
-- the organization's own id for everybody who may approve. Null: not yet worked out (0037).
alter table request_search add column audience uuid[];

-- Of a request without steps; one with steps asks those whom its steps name.
create function request_audience(
  p_organization_id uuid, p_created_by uuid, p_connection_id uuid, p_approvers uuid[], p_team_id uuid, p_asks_all boolean)
returns uuid[]
language sql immutable parallel safe
as $$
  select array_remove(array[
    coalesce(p_created_by, p_connection_id), p_team_id, case when p_asks_all then p_organization_id end
  ], null) || coalesce(p_approvers, '{}')
$$;

-- The same of a stored request, with everybody whom any of its steps names, also one that is not active yet, and whoever
-- handed their vote on. A step for a role below admin, or for nobody in particular, asks everybody who may approve.
create function audience_of(p_request_id uuid) returns uuid[]
language plpgsql stable security definer set search_path = public
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
  return (
    select array(
      select distinct a from (
        select unnest(request_audience(r.organization_id, r.created_by, r.connection_id,
          case when r.required_steps is null then r.assigned_approvers end, case when r.required_steps is null then r.assigned_team_id end,
          r.required_steps is null and r.assigned_approvers is null and r.assigned_team_id is null and not r.is_log)) as a
        union all select unnest(s.assigned_user_ids) from steps s where s.request_id = r.id
        union all select s.assigned_team_id from steps s where s.request_id = r.id
        union all select r.organization_id from steps s where s.request_id = r.id
          and (s.assigned_role = 'member'
            or s.assigned_user_ids is null and s.assigned_team_id is null and s.assigned_role is null)
        union all select (e.data ->> 'from')::uuid from events e where e.request_id = r.id and e.type = 'approval.delegated'
      ) asked where a is not null)
    from requests r where r.id = p_request_id limit 1);
end $$;

create or replace function add_to_search() returns trigger language plpgsql as $$
begin
  insert into request_search (id, organization_id, status, priority, source, created_at, words, audience)
  select id, organization_id, status, priority, source, created_at, request_words(title, description),
    request_audience(organization_id, created_by, connection_id, assigned_approvers, assigned_team_id,
      assigned_approvers is null and assigned_team_id is null and not is_log)
  from new_requests where required_steps is null;
  return null;
end $$;

-- Of requests with steps, which are stored after them: at the end of the transaction, so that no word is indexed twice.
create function add_with_steps_to_search() returns trigger
language plpgsql security definer set search_path = public as $$
begin
  insert into request_search (id, organization_id, status, priority, source, created_at, words, audience)
  select r.id, r.organization_id, r.status, r.priority, r.source, r.created_at, request_words(r.title, r.description),
    audience_of(r.id)
  from requests r where r.id = new.id;
  return null;
end $$;
create constraint trigger add_with_steps_to_search after insert on requests
  deferrable initially deferred for each row when (new.required_steps is not null)
  execute function add_with_steps_to_search();

-- Whom a request asks changes rarely: a vote is handed on, steps are put in place of others. p_kept: who is asked no more,
-- and goes on seeing it, because it is they who handed it on.
create function change_audience(p_request_id uuid, p_kept uuid[]) returns void
language sql security definer set search_path = public set enable_seqscan = off as $$
  update request_search s set audience = array(select unnest(audience_of(s.id)) union select unnest(p_kept))
  where s.id = p_request_id
$$;

create function change_audience_of_request() returns trigger
language plpgsql as $$
begin
  perform change_audience(new.id, case when new.required_steps is null then old.assigned_approvers end);
  return null;
end $$;
create trigger change_audience after update of assigned_approvers, assigned_team_id, required_steps on requests
  for each row when ((old.assigned_approvers, old.assigned_team_id, old.required_steps)
    is distinct from (new.assigned_approvers, new.assigned_team_id, new.required_steps))
  execute function change_audience_of_request();

create function change_audience_of_steps() returns trigger
language plpgsql as $$
begin
  perform change_audience(changed.request_id, null) from (select distinct request_id from changed_steps) changed
  -- What was made in this transaction comes into the search at its end.
  where exists (select from request_search s where s.id = changed.request_id);
  return null;
end $$;
create trigger change_audience_after_insert after insert on steps referencing new table as changed_steps
  for each statement execute function change_audience_of_steps();
create trigger change_audience_after_delete after delete on steps referencing old table as changed_steps
  for each statement execute function change_audience_of_steps();

create function change_audience_of_step() returns trigger
language plpgsql as $$
begin
  perform change_audience(new.request_id, old.assigned_user_ids);
  return null;
end $$;
create trigger change_audience after update of assigned_user_ids on steps
  for each row when (old.assigned_user_ids is distinct from new.assigned_user_ids)
  execute function change_audience_of_step();

-- By which ids of audiences somebody sees requests under "involved": a person's own, their teams', those of connections that
-- they answer for, and the organization's where they may approve; a connection's own, and where it decides in its owner's
-- name also theirs. Null: they see every request. Row-level security is not relied upon: each query names the organization.
create function viewer_keys_of(p_organization_id uuid, p_kind text, p_id uuid) returns uuid[]
language plpgsql stable security definer set search_path = public set plan_cache_mode = force_generic_plan as $$
declare
  c record;
  v_person uuid := p_id;
  v_keys uuid[] := '{}';
begin
  if (select o.request_visibility = 'everyone' from organizations o where o.id = p_organization_id) then return null; end if;
  if p_kind = 'connection' then
    select x.can_read_all, x.can_decide, x.owner_id into c
    from connections x where x.id = p_id and x.organization_id = p_organization_id;
    if c.can_read_all then return null; end if;
    v_keys := array[p_id];
    v_person := case when c.can_decide then c.owner_id end;
  end if;
  return v_keys || coalesce((
    select array[m.person_id] || case when m.can_approve then array[m.organization_id] else '{}' end
      || array(select t.team_id from team_members t where t.organization_id = p_organization_id and t.person_id = v_person)
      || array(select x.id from connections x where x.organization_id = p_organization_id and x.owner_id = v_person)
    from memberships m where m.organization_id = p_organization_id and m.person_id = v_person), '{}');
end $$;

-- Says whose a transaction is, and for whom: for whoever administers the organization, and for Sayso itself, p_kind is null. What
-- somebody sees is worked out once, so where everybody sees every request a query costs no more for it.
create function enter_organization(
  p_organization_id uuid, p_kind text, p_id uuid, out organization_id uuid, out sees_every boolean)
language plpgsql as $$
declare
  v_keys uuid[] := case when p_kind is not null then viewer_keys_of(p_organization_id, p_kind, p_id) end;
begin
  perform set_config('sayso.organization_id', p_organization_id::text, true),
    set_config('sayso.viewer_keys', coalesce(v_keys::text, ''), true);
  organization_id := p_organization_id;
  sees_every := v_keys is null;
end $$;

-- As the transaction was entered; one that says nothing of it is Sayso's own.
create function sees_every_request() returns boolean
language sql stable parallel safe
as $$ select coalesce(current_setting('sayso.viewer_keys', true), '') = '' $$;
create function viewer_keys() returns uuid[]
language sql stable parallel safe
as $$ select nullif(current_setting('sayso.viewer_keys', true), '')::uuid[] $$;

-- Whether everybody in the current organization sees every request.
create function requests_are_open() returns boolean
language sql stable
as $$ select request_visibility = 'everyone' from organizations where id = current_organization_id() $$;

-- Whether a request is visible by these keys: it names one of them, or the person voted on it or said something about it.
-- Its cost is told as that of a comparison: it is not called where everybody sees every request, whose plans must stay.
create function sees_request(p_request_id uuid, p_keys uuid[]) returns boolean
language plpgsql stable parallel safe cost 1 security definer set search_path = public
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
  return exists (select from request_search s where s.id = p_request_id and s.audience && p_keys)
    or exists (select from votes v where v.request_id = p_request_id and v.person_id = any (p_keys))
    or exists (select from comments c where c.request_id = p_request_id and c.person_id = any (p_keys));
end $$;

-- The same of all requests of an organization at once, each once: for sayso_system alone, which sees them all. A query that
-- names it reads no more of it than it needs.
create function seen_requests(p_organization_id uuid, p_keys uuid[])
returns table (
  id uuid, organization_id uuid, status text, priority text, source text, created_at timestamptz(3), words tsvector)
language sql stable
as $$
  select s.id, s.organization_id, s.status, s.priority, s.source, s.created_at, s.words
  from request_search s where s.organization_id = p_organization_id and s.audience && p_keys
  union all
  select s.id, s.organization_id, s.status, s.priority, s.source, s.created_at, s.words
  from (
    select v.request_id from votes v where v.person_id = any (p_keys)
    union select c.request_id from comments c where c.person_id = any (p_keys)
  ) took_part
  join request_search s on s.id = took_part.request_id
  where s.organization_id = p_organization_id and (s.audience && p_keys) is not true
$$;

-- Beside the tenant's own policy: what somebody doesn't see isn't there for them, by whichever statement. A request's parts
-- follow it. Of a request it needs nothing but its id, which every index for lists has.
create policy visibility on requests as restrictive for select to sayso_app
  using ((select sees_every_request()) or sees_request(id, (select viewer_keys())));
create policy visibility on request_search as restrictive for select to sayso_app
  using ((select sees_every_request()) or sees_request(id, (select viewer_keys())));
do $$
declare
  v_table text;
begin
  foreach v_table in array array['steps', 'votes', 'comments', 'changes'] loop
    execute format('create policy visibility on %I as restrictive for select to sayso_app using (
      (select sees_every_request()) or sees_request(request_id, (select viewer_keys())))', v_table);
  end loop;
  -- These may be about no request.
  foreach v_table in array array['events', 'deliveries'] loop
    execute format('create policy visibility on %I as restrictive for select to sayso_app using (
      (select sees_every_request()) or request_id is null or sees_request(request_id, (select viewer_keys())))', v_table);
  end loop;
end $$;
create policy visibility on delivery_attempts as restrictive for select to sayso_app
  using ((select sees_every_request()) or exists (select from deliveries d where d.id = delivery_id));

-- As in 0026, but for who doesn't see every request: of what they see. Their totals are counted, since no counter knows them.
create or replace function find_requests(p_filter json, p_limit integer, p_offset bigint)
returns table (ids uuid[], total bigint)
language plpgsql stable security definer set search_path = public
-- Enough for the exact bitmap of some million matches; what is listed is mostly in memory; a hash table that processes share
-- needs more of /dev/shm than a container has.
set work_mem = '64MB' set random_page_cost = 1.1 set enable_parallel_hash = off set jit = off as $$
declare
  v_filter jsonb := jsonb_strip_nulls(p_filter::jsonb);
  v_other jsonb := v_filter - array['createdAfter', 'createdBefore'];
  v_period jsonb := v_filter - array(select jsonb_object_keys(v_other));
  v_keys uuid[] := viewer_keys();
  v_matching text := matching_requests(v_filter);
  v_count text := count_requests(v_filter);
  v_newest text := filter_requests('true', v_other::json);
  v_page text := 'order by created_at desc, id desc limit $2 offset $3';
  v_sorted text;
begin
  if v_keys is not null then
    v_matching := matching_seen_requests(v_filter, v_keys);
    v_count := 'select count(*) from ' || v_matching;
    v_newest := format('%s and sees_request(id, %L)', v_newest, v_keys);
  end if;
  v_sorted := format('array(select id from (select id, created_at from %s offset 0) matching %s)', v_matching, v_page);
  if not v_filter ? 'search' and v_keys is null then
    v_sorted := format('case when total < 100000 then %s else array(select id from %s %s) end',
      v_sorted, v_matching, v_page);
  end if;
  return query execute format($query$
    with counted as materialized (select (%s) as total)
    select case when total > $3 then coalesce(
      -- Who sees little finds little of it among the newest.
      case when $3 < 2000 and ($4 or total > 5000) then (
        select array_agg(id order by created_at desc, id desc) from (
          select id, created_at from (
            select id, created_at, status, priority, source, source_id, action_type, decided_at, created_by, connection_id
            from requests where %s order by created_at desc, id desc limit 2000
          ) newest where %s %s
        ) page having count(*) = least($2, total - $3)) end,
      %s) end, total
    from counted$query$,
    v_count, filter_requests('organization_id = $1', v_period::json), v_newest, v_page, v_sorted)
  using current_organization_id(), p_limit, p_offset, v_keys is null;
end $$;

-- sees_request as a condition on requests, for sayso_system alone: in a statement of its own PostgreSQL looks few candidates up
-- one by one, and many among all that is seen.
create function seen_by(p_keys uuid[]) returns text
language sql immutable
as $$
  select format('(exists (select from request_search s where s.id = requests.id and s.audience && %1$L::uuid[]) '
    'or exists (select from votes v where v.request_id = requests.id and v.person_id = any (%1$L::uuid[])) '
    'or exists (select from comments c where c.request_id = requests.id and c.person_id = any (%1$L::uuid[])))', p_keys)
$$;

-- As matching_requests (0026), of what is seen by these keys.
create function matching_seen_requests(p_filter jsonb, p_keys uuid[]) returns text
language plpgsql stable as $$
declare
  v_seen text := format('seen_requests($1, %L)', p_keys);
begin
  if p_filter = '{}' then return v_seen; end if;
  if p_filter ? 'search' and p_filter - array['search', 'statuses', 'priorities', 'source'] = '{}' then
    return format('%s where %s and words @@ websearch_to_tsquery(''english'', %L)',
      v_seen, filter_requests('true', (p_filter - 'search')::json), p_filter ->> 'search');
  end if;
  return format('requests where %s and %s', filter_requests('organization_id = $1', p_filter::json), seen_by(p_keys));
end $$;

-- A stretch of what somebody sees who doesn't see every request: by created_at and id, from a place on (null: the beginning).
-- p_comparison: how what comes next compares with that place. p_filter: externalId, flowId; withoutFlow: what no flow began.
create function walk_seen_requests(
  p_filter json, p_from timestamptz, p_from_id uuid, p_comparison text, p_is_ascending boolean, p_limit integer)
returns table (id uuid, created_at timestamptz)
language plpgsql stable security definer set search_path = public
set work_mem = '64MB' set random_page_cost = 1.1 set enable_parallel_hash = off set jit = off as $$
declare
  v_keys uuid[] := viewer_keys();
  v_page text := format('order by r.created_at %1$s, r.id %1$s limit %2$s', case when p_is_ascending then 'asc' else 'desc' end, p_limit);
  v_where text := 'r.organization_id = $1';
  v_range text := 'r.organization_id = $1';
begin
  if p_comparison not in ('<', '<=', '>', '>=') then raise exception 'no comparison: %', p_comparison; end if;
  if p_filter ->> 'externalId' is not null then v_where := v_where || format(' and r.external_id = %L', p_filter ->> 'externalId'); end if;
  if p_filter ->> 'flowId' is not null then v_where := v_where || format(' and r.flow_id = %L', p_filter ->> 'flowId'); end if;
  if (p_filter ->> 'withoutFlow')::boolean then v_where := v_where || ' and r.flow_id is null'; end if;
  if p_from is not null then
    v_range := v_range || format(' and (r.created_at, r.id) %s (%L::timestamptz, %L::uuid)', p_comparison, p_from, p_from_id);
  end if;
  -- Among the next 2,000 first; where they don't fill the page, of all that is seen.
  return query execute format($query$
    with near as materialized (
      select r.id, r.created_at from (
        select r.* from requests r where %s order by r.created_at %s, r.id %2$s limit 2000
      ) r where %s and sees_request(r.id, %L) %s
    )
    select * from near where (select count(*) from near) = %s
    union all
    (select r.id, r.created_at from seen_requests($1, %4$L) seen join requests r on r.id = seen.id
     where (select count(*) from near) < %6$s and %1$s and %3$s %5$s)$query$,
    v_range, case when p_is_ascending then 'asc' else 'desc' end, v_where, v_keys, v_page, p_limit)
  using current_organization_id();
end $$;

-- The action types of the newest 20,000 requests that somebody sees who doesn't see every request.
create function seen_action_types(p_limit integer) returns table (action_type text)
language plpgsql stable security definer set search_path = public set work_mem = '64MB' set jit = off as $$
begin
  return query execute format($query$
    select distinct r.action_type
    from (select seen.id from seen_requests($1, %L) seen order by seen.created_at desc limit 20000) newest
    join requests r on r.id = newest.id
    where r.action_type is not null order by r.action_type limit %s$query$, viewer_keys(), p_limit)
  using current_organization_id();
end $$;

-- When the last was made of so many deliveries before a place, seen or not: whoever sees few of them looks no further back at
-- once. Null: there are fewer.
create function deliveries_reach_back_to(p_before timestamptz, p_before_id uuid, p_count integer) returns timestamptz
language sql stable security definer set search_path = public
as $$
  select d.created_at from deliveries d
  where d.organization_id = current_organization_id()
    and (p_before is null or (d.created_at, d.id) < (p_before, p_before_id))
  order by d.created_at desc, d.id desc offset p_count - 1 limit 1
$$;

-- As in 0010, of requests that whoever made the subscription sees: an app in a person's name what they see as a member.
create or replace function deliver_to_subscriptions(p_event_ids uuid[]) returns boolean
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  with told as materialized (
    select e.* from unnest(p_event_ids) as added (id)
    cross join lateral (select * from events where id = added.id limit 1) e
    where event_family(e.type) <> 'subscription' and e.data ->> 'subscription_id' is null
  ), active as materialized (
    select s.*, owner.is_admin, case when not coalesce(owner.is_admin, false) then viewer_keys_of(s.organization_id,
      case when s.person_id is null then 'connection' else 'person' end, coalesce(s.person_id, s.connection_id)) end as viewer_keys
    from subscriptions s cross join lateral subscription_owner(s.id) owner
    where s.organization_id in (select organization_id from told) and s.disabled_at is null and s.deleted_at is null
      and owner.standing = 'live'
  ), wanted as materialized (
    select e.id as event_id, e.type, e.request_id, s.id as subscription_id, s.organization_id, s.connection_id,
      s.target_url, s.origin, s.filter
    from told e join active s on s.organization_id = e.organization_id and s.created_at <= e.created_at
      and event_matches(e.type, s.event_types) and (s.is_admin or is_for_everybody(e.type))
      and (s.viewer_keys is null or e.request_id is null or sees_request(e.request_id, s.viewer_keys))
  ), described as materialized (
    select d.event_id, d.item, d.item -> 'request' as request
    from describe_events(array(select distinct w.event_id from wanted w)) d
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

do $$
declare
  v_function text;
begin
  grant create on schema public to sayso_system;
  foreach v_function in array array[
    'audience_of(uuid)', 'add_with_steps_to_search()', 'change_audience(uuid, uuid[])', 'viewer_keys_of(uuid, text, uuid)',
    'sees_request(uuid, uuid[])',
    'walk_seen_requests(json, timestamptz, uuid, text, boolean, integer)', 'seen_action_types(integer)',
    'deliveries_reach_back_to(timestamptz, uuid, integer)'
  ] loop
    execute format('alter function %s owner to sayso_system', v_function);
    execute format('revoke all on function %s from public', v_function);
    execute format('grant execute on function %s to sayso_app', v_function);
  end loop;
  revoke create on schema public from sayso_system;
end $$;
