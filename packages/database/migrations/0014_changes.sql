-- Changes: requests that change an entity when they are approved, in the same transaction. The registry holds what
-- can be changed so, with a version that every change raises; goals (0013) keep their own rows and versions.

alter table requests add column is_change boolean not null default false;
-- Nothing but people's votes applies a change. Not valid: of the rows that are there none is a change, so that none has to
-- be read while the table is locked.
alter table requests add constraint change_waits_for_people check (not is_change or auto_action is null) not valid;
create index requests_changes on requests (organization_id, status, id desc) where is_change;

-- An organization's own types of entities; those that every organization has are named in packages/core/src/entities.
create table entity_types (
  id uuid primary key,
  organization_id uuid not null references organizations,
  name text not null,
  -- Who carries changes of these entities out; null: the registry alone is changed.
  applier_url text,
  -- Encrypted (SAYSO_SECRET). During a rotation both secrets sign until previous_applier_secret_until.
  applier_secret bytea,
  previous_applier_secret bytea,
  previous_applier_secret_until timestamptz(3),
  created_at timestamptz(3) not null default now(),
  unique (organization_id, name),
  check (applier_url is null or applier_secret is not null)
);

create table entities (
  organization_id uuid not null,
  entity_type text not null,
  entity_id text not null,
  name text not null,
  -- Raised by every change and never used twice, also not after a deletion; 0: nothing was there yet.
  version integer not null,
  -- Null: deleted, or not there yet.
  body json,
  -- The change that an applier is being told of: until that is settled, nothing else changes this entity.
  applying_request_id uuid,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (organization_id, entity_type, entity_id)
);

create table changes (
  request_id uuid primary key references requests,
  organization_id uuid not null,
  entity_type text not null,
  entity_id text not null,
  entity_name text not null,
  action text not null check (action in ('create', 'update', 'delete')),
  -- As proposed: the body of a create, the merge patch (RFC 7396) of an update.
  payload json,
  made_for_version integer not null,
  -- proposed: waits for its decision, or was not approved. applying: approved, its applier has yet to answer.
  -- failed: approved, and its applier did not take it. abandoned: an admin gave up on its applier.
  state text not null default 'proposed' check (state in ('proposed', 'applying', 'applied', 'failed', 'abandoned')),
  -- From the approval on: the entity before and after, and the version that it gets.
  before json,
  after json,
  entity_version integer,
  applied_at timestamptz(3)
);
-- Whether somebody asks for the same again.
create index changes_entity on changes (organization_id, entity_type, entity_id, made_for_version);
create index changes_unsettled on changes (organization_id, state, request_id desc) where state in ('applying', 'failed');

-- Which event made which version of an entity: what the trail of one entity is read by. Append-only.
create table entity_history (
  organization_id uuid not null,
  entity_type text not null,
  entity_id text not null,
  version integer not null,
  event_id uuid not null,
  recorded_at timestamptz(3) not null default now(),
  primary key (organization_id, entity_type, entity_id, version)
);
create index entity_history_newest on entity_history (organization_id, recorded_at desc, event_id desc);

-- Calls of appliers are deliveries: claimed, signed, tried again and logged as these are.
alter table deliveries add column entity_type_id uuid;
drop index deliveries_request;
-- A request leaves "pending" once, so it has at most one callback; and a change calls at most one applier.
create unique index deliveries_request on deliveries (request_id) where subscription_id is null and entity_type_id is null;
create unique index deliveries_applier on deliveries (request_id) where entity_type_id is not null;

-- The last line of defence for "approved means applied": whoever approves a change otherwise can't commit.
create function refuse_unapplied_change() returns trigger
language plpgsql as $$
begin
  if not exists (select from changes c where c.request_id = new.id and c.state in ('applying', 'applied')) then
    raise exception 'change % would be approved without being applied', new.id using errcode = 'check_violation';
  end if;
  return null;
end $$;

create constraint trigger approved_change_is_applied after update of status on requests
deferrable initially deferred for each row
when (new.is_change and new.status = 'approved' and old.status <> 'approved')
execute function refuse_unapplied_change();

-- Adds an event to a request that is decided already.
create function append_request_event(p_request_id uuid, p_type text, p_actor_kind text, p_actor_id uuid, p_data json)
returns uuid
language sql as $$
  with request as (
    update requests r set event_sequence = r.event_sequence + 1, version = r.version + 1, updated_at = now()
    where r.id = p_request_id returning r.organization_id, r.event_sequence
  )
  insert into events (id, organization_id, request_id, sequence, type, actor_kind, actor_id, data)
  select gen_random_uuid(), request.organization_id, p_request_id, request.event_sequence, p_type, p_actor_kind, p_actor_id, p_data
  from request
  returning id
$$;

-- What follows from an applier's answer, in the transaction that records it.
create function settle_change() returns trigger
language plpgsql as $$
declare
  c changes;
begin
  select * into c from changes where request_id = new.request_id for update;
  if c.state <> 'applying' then return null; end if;
  if new.status = 'delivered' then
    update changes set state = 'applied', applied_at = now() where request_id = c.request_id;
    update entities e set version = c.entity_version, body = c.after, name = c.entity_name,
      applying_request_id = null, updated_at = now()
    where e.organization_id = c.organization_id and e.entity_type = c.entity_type and e.entity_id = c.entity_id;
    insert into entity_history (organization_id, entity_type, entity_id, version, event_id)
    select c.organization_id, c.entity_type, c.entity_id, c.entity_version,
      append_request_event(c.request_id, 'change.applied', 'system', null, row_to_json(told))
    from (select c.entity_type, c.entity_id, c.entity_name, c.action, c.made_for_version, c.entity_version, c.before, c.after) told;
  else
    update changes set state = 'failed' where request_id = c.request_id;
    perform append_request_event(c.request_id, 'change.apply_failed', 'system', null, row_to_json(told))
    from (select c.entity_type, c.entity_id, c.entity_name, c.action, new.attempts, new.last_status_code as status_code,
            new.last_error as error) told;
  end if;
  return null;
end $$;

create trigger settle_change after update of status on deliveries for each row
when (new.entity_type_id is not null and new.status <> 'pending' and old.status = 'pending')
execute function settle_change();

-- As in 0003, and whether the request is a change: nobody decides their own, whatever the organization says of four eyes.
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
    'callback_url', r.callback_url, 'required_approvals', r.required_approvals,
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
       from votes v where v.request_id = r.id and v.voided_at is null) end,
    'member', (select json_build_object('person_id', m.person_id, 'name', p.name, 'email', p.email,
         'role', m.role, 'can_approve', m.can_approve and p.disabled_at is null,
         'team_ids', (select json_agg(t.team_id) from team_members t where t.person_id = m.person_id))
       from memberships m join people p on p.id = m.person_id where m.person_id = wanted.person_id))
  from unnest(p_ids, p_person_ids) as wanted (id, person_id)
  cross join lateral (
    select * from requests where id = wanted.id limit 1) r
  join organizations o on o.id = r.organization_id
  left join connections c on c.id = r.connection_id;
end $$;

-- As in 0010; calls of appliers are signed with the applier's own secret, and nobody's callback headers go there.
create or replace function take_deliveries(p_limit integer, p_per_origin integer, p_lease_seconds integer, p_busy_origins text[])
returns table (
  id uuid, organization_id uuid, subscription_id uuid, request_id uuid, event_type text, url text, origin text,
  body text, attempts integer, callback_headers bytea, secret bytea, previous_secret bytea)
language sql as $$
  with due as (
    select d.id, d.origin, d.next_attempt_at from deliveries d
    where d.status = 'pending' and d.next_attempt_at <= now() and d.origin <> all (p_busy_origins)
    order by d.next_attempt_at limit p_limit for update skip locked
  ), fair as (
    select id from (select id, row_number() over (partition by origin order by next_attempt_at) as place from due) ranked
    where place <= p_per_origin
  ), claimed as (
    update deliveries d
    set attempts = d.attempts + 1, next_attempt_at = now() + make_interval(secs => p_lease_seconds),
      status = case when d.subscription_id is null or subscription_is_told(d.subscription_id) then 'pending' else 'gone' end
    from fair where d.id = fair.id returning d.*
  )
  select d.id, d.organization_id, d.subscription_id, d.request_id, d.event_type, d.url, d.origin, d.body, d.attempts,
    case when d.subscription_id is null and d.entity_type_id is null then r.callback_headers end,
    coalesce(t.applier_secret, s.secret, c.webhook_secret, o.webhook_secret),
    case when t.id is not null then case when t.previous_applier_secret_until > now() then t.previous_applier_secret end
         when s.id is not null then case when s.previous_secret_until > now() then s.previous_secret end
         when c.id is null and o.previous_webhook_secret_until > now() then o.previous_webhook_secret
         when c.previous_webhook_secret_until > now() then c.previous_webhook_secret end
  from claimed d
  left join entity_types t on t.id = d.entity_type_id
  left join subscriptions s on s.id = d.subscription_id
  left join requests r on r.id = d.request_id
  join organizations o on o.id = d.organization_id
  left join connections c on c.id = d.connection_id
  where d.status = 'pending'
$$;

-- What becomes of changes is for everybody. The other families are those of 0013.
create or replace function is_for_everybody(p_type text) returns boolean
language sql immutable parallel safe
as $$
  select event_family(p_type) in (
    'approval', 'delivery', 'subscription', 'change', 'cycle', 'objective', 'key_result', 'checkin', 'kpi', 'review_cycle')
$$;

do $$
declare
  v_table text;
begin
  foreach v_table in array array['entity_types', 'entities', 'entity_history'] loop
    execute format('alter table %I enable row level security', v_table);
    execute format('alter table %I force row level security', v_table);
    execute format('create policy tenant on %I to sayso_app using (organization_id = current_organization_id())', v_table);
    execute format('create policy everything on %I to sayso_system using (true)', v_table);
  end loop;
end $$;
-- "is true" as in 0005.
alter table changes enable row level security;
alter table changes force row level security;
create policy tenant on changes to sayso_app using ((organization_id = current_organization_id()) is true);
create policy everything on changes to sayso_system using (true);

grant select, insert, update on entity_types, entities, changes to sayso_app, sayso_system;
grant select, insert on entity_history to sayso_app, sayso_system;
