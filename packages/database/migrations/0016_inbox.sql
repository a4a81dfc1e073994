-- What waits for one person, what somebody asked for, and the lists that people keep.

-- All that says whom a pending request asks, so that an inbox is found without reading the requests themselves. Its key
-- is the same for all, so whatever is new comes at its end.
create index requests_inbox on requests (organization_id)
  include (id, priority, due_at, created_at, created_by, connection_id, required_steps, assigned_approvers,
    assigned_team_id, current_approvals, is_change, action_type, source)
  where status = 'pending';
-- The steps that can be voted on now; a decided request has none.
create index steps_active on steps (organization_id) where status = 'active';
-- What a connection asked, and what a person asked by themselves or through an app.
create index requests_connection on requests (organization_id, connection_id, created_at desc, id desc)
  where connection_id is not null;
create index requests_created_by on requests (organization_id, created_by, created_at desc, id desc)
  where created_by is not null;

-- The conditions on requests that a filter of find_requests or find_inbox sets, joined to p_where.
create function filter_requests(p_where text, p_filter json) returns text
language plpgsql stable as $$
declare
  f record;
  v_where text := p_where;
begin
  select * into f from json_to_record(p_filter) as f (
    statuses json, priorities json, search text, "createdAfter" timestamptz, "createdBefore" timestamptz,
    "decidedAfter" timestamptz, "decidedBefore" timestamptz, "actionType" text, source text,
    "sourceId" text, "excludeSourceId" text, "askedBy" uuid);
  if f.statuses is not null then
    v_where := v_where || format(' and status = any (%L)', array(select json_array_elements_text(f.statuses)));
  end if;
  if f.priorities is not null then
    v_where := v_where || format(' and priority = any (%L)', array(select json_array_elements_text(f.priorities)));
  end if;
  if f.search is not null then
    v_where := v_where || format(' and search @@ websearch_to_tsquery(''english'', %L)', f.search);
  end if;
  if f."createdAfter" is not null then v_where := v_where || format(' and created_at >= %L', f."createdAfter"); end if;
  if f."createdBefore" is not null then v_where := v_where || format(' and created_at < %L', f."createdBefore"); end if;
  if f."decidedAfter" is not null then v_where := v_where || format(' and decided_at >= %L', f."decidedAfter"); end if;
  if f."decidedBefore" is not null then v_where := v_where || format(' and decided_at < %L', f."decidedBefore"); end if;
  if f."actionType" is not null then v_where := v_where || format(' and action_type = %L', f."actionType"); end if;
  if f.source is not null then v_where := v_where || format(' and source = %L', f.source); end if;
  if f."sourceId" is not null then v_where := v_where || format(' and source_id = %L', f."sourceId"); end if;
  if f."excludeSourceId" is not null then
    v_where := v_where || format(' and source_id is distinct from %L', f."excludeSourceId");
  end if;
  if f."askedBy" is not null then
    v_where := v_where || format(
      ' and (created_by = %1$L or created_by is null and connection_id = any (%2$L))', f."askedBy",
      array(select c.id from connections c
            where c.organization_id = current_organization_id() and c.owner_id = f."askedBy"));
  end if;
  return v_where;
end $$;

-- As in 0006; also by whom somebody was asked (askedBy): the person, or a connection that they answer for.
create or replace function find_requests(p_filter json, p_limit integer, p_offset bigint)
returns table (ids uuid[], total bigint)
language plpgsql stable security definer set search_path = public
set work_mem = '64MB' as $$
declare
  v_organization uuid := current_organization_id();
  v_where text := filter_requests('organization_id = $1', p_filter);
begin
  execute 'select count(*) from requests where ' || v_where into total using v_organization;
  if total > p_offset then
    execute 'select array(select id from requests where ' || v_where ||
            ' order by created_at desc, id desc limit $2 offset $3)' into ids using v_organization, p_limit, p_offset;
  end if;
  return next;
end $$;

-- The pending requests of the current organization that a person can vote on now because it is they who are asked, by
-- priority, deadline (none stands last) and age, and how many there are. It says of all of them at once what
-- core/approvals/cast-vote.ts says of one: named, in the team, of the role or above, or everybody; not voted yet; not
-- their own where that is forbidden; before the deadline. What only an admin's override opens is not among them.
--
-- p_through_app: an app acts in their name, so no role but a member's counts. Runs as sayso_system, as find_requests
-- does and why it does (0006); reads the index of what is pending once, whichever page is wanted.
create function find_inbox(p_person_id uuid, p_through_app boolean, p_filter json, p_limit integer, p_offset bigint)
returns table (ids uuid[], total bigint)
language plpgsql stable security definer set search_path = public
set work_mem = '64MB' as $$
declare
  v_organization uuid := current_organization_id();
  v_four_eyes boolean;
  v_roles text[];
  v_teams uuid[];
  v_own_connections uuid[];
begin
  select o.four_eyes, case
      when p_through_app or m.role = 'member' then array['member']
      when m.role = 'admin' then array['member', 'admin'] else array['member', 'admin', 'owner'] end
    into v_four_eyes, v_roles
  from organizations o
  join memberships m on m.organization_id = o.id and m.person_id = p_person_id and m.can_approve
  join people p on p.id = m.person_id and p.disabled_at is null
  where o.id = v_organization and o.emergency_stop_at is null;
  if not found then
    ids := '{}';
    total := 0;
    return next;
    return;
  end if;
  v_teams := array(select t.team_id from team_members t
                   where t.organization_id = v_organization and t.person_id = p_person_id);
  v_own_connections := array(select c.id from connections c
                             where c.organization_id = v_organization and c.owner_id = p_person_id);

  execute format($query$
    with own_steps as materialized (
      select s.request_id from steps s
      where s.organization_id = $1 and s.status = 'active'
        and (s.assigned_user_ids is null and s.assigned_team_id is null and s.assigned_role is null
          or $2 = any (s.assigned_user_ids) or s.assigned_team_id = any ($3) or s.assigned_role = any ($4))
        and not exists (select from votes v where v.step_id = s.id and v.person_id = $2 and v.voided_at is null)
    ), asked as materialized (
      select id, due_at, created_at,
        case priority when 'critical' then 1 when 'high' then 2 when 'medium' then 3 else 4 end as place
      from requests r
      where %s and status = 'pending' and (due_at is null or due_at > clock_timestamp())
        and not (($5 or is_change) and coalesce(created_by = $2, connection_id = any ($6), false))
        and case when required_steps is not null then id in (select request_id from own_steps)
          else (assigned_approvers is null and assigned_team_id is null
              or $2 = any (assigned_approvers) or assigned_team_id = any ($3))
            -- Whoever voted approved: a rejection would have ended it.
            and (current_approvals = 0 or not exists (
              select from votes v where v.step_id = r.id and v.person_id = $2 and v.voided_at is null))
          end
    )
    select array(select id from asked order by place, due_at, created_at, id limit $7 offset $8),
      (select count(*) from asked)$query$, filter_requests('organization_id = $1', p_filter))
  into ids, total
  using v_organization, p_person_id, v_teams, v_roles, v_four_eyes, v_own_connections, p_limit, p_offset;
  return next;
end $$;

-- A list that a person keeps under a name, for themselves.
create table saved_views (
  id uuid primary key,
  organization_id uuid not null references organizations,
  person_id uuid not null references people,
  name text not null,
  -- Which list and its filters, as the API takes them.
  query json not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create unique index saved_views_name on saved_views (organization_id, person_id, lower(name));

alter table saved_views enable row level security;
alter table saved_views force row level security;
create policy tenant on saved_views to sayso_app using (organization_id = current_organization_id());
create policy everything on saved_views to sayso_system using (true);
grant select, insert, update, delete on saved_views to sayso_app, sayso_system;

grant create on schema public to sayso_system;
alter function find_inbox (uuid, boolean, json, integer, bigint) owner to sayso_system;
revoke create on schema public from sayso_system;
revoke all on function find_inbox (uuid, boolean, json, integer, bigint) from public;
grant execute on function find_inbox (uuid, boolean, json, integer, bigint) to sayso_app;
