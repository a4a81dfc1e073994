-- What the requests and runs surfaces add to the one record of a request, and limits by the minute.

-- The caller's own reference (requests surface).
alter table requests add column external_id text;
-- The flow that a request is a run of; null: none.
alter table requests add column flow_id uuid;
create index requests_external_id on requests (organization_id, external_id, created_at desc, id desc)
  where external_id is not null;
create index requests_flow on requests (organization_id, flow_id, created_at desc, id desc)
  where flow_id is not null;

-- Who has to approve changes of one kind of object (runs surface). A run is a request made from a flow's steps.
create table flows (
  id uuid primary key,
  organization_id uuid not null references organizations,
  -- The caller's own grouping; null: none was named.
  workspace_id uuid,
  owner_id uuid not null references people,
  name text not null,
  description text not null,
  object_type text not null,
  object_action text not null check (object_action in ('create', 'update', 'delete')),
  -- [{key, value}]
  tags jsonb not null,
  -- [{type, reviewers: [{type, id}], message}]
  steps json not null,
  status text not null default 'active' check (status in ('active', 'deleted')),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index flows_organization on flows (organization_id, created_at desc, id desc);

-- What a project (a connection, on the requests surface) may ask a month: null is the server's default.
alter table connections add column plan text check (plan in ('free', 'pro'));

-- How many requests a project has made in a month, where its plan counts them.
create table project_months (
  organization_id uuid not null references organizations,
  project_id uuid not null references connections,
  -- Its first day, UTC.
  month date not null,
  used integer not null,
  primary key (project_id, month)
);

do $$
declare
  v_table text;
begin
  foreach v_table in array array['flows', 'project_months'] loop
    execute format('alter table %I enable row level security', v_table);
    execute format('alter table %I force row level security', v_table);
    execute format('create policy tenant on %I to sayso_app using (organization_id = current_organization_id())', v_table);
    execute format('create policy everything on %I to sayso_system using (true)', v_table);
  end loop;
end $$;
grant select, insert, update, delete on flows, project_months to sayso_app, sayso_system;
revoke delete on flows from sayso_app, sayso_system;

-- Stores one new request as create_requests (0003) does, and with it, in the same transaction, what a surface
-- attaches: the caller's own reference, the flow that it is a run of, and its place in the project's month.
-- outcome: as of create_requests, or quota_used_up | flow_gone. resets_at: the end of the month, where it was counted.
create function create_attached_request(
  p_organization_id uuid, p_item json, p_have_steps boolean, p_attached json)
returns table (outcome text, created_at timestamptz, auto_action_at timestamptz, monthly_limit integer, used integer, resets_at timestamptz)
language plpgsql as $$
declare
  a record;
  v_made record;
  v_month timestamptz := date_trunc('month', now(), 'UTC');
  v_limit integer;
  v_used integer;
begin
  perform set_config('sayso.organization_id', p_organization_id::text, true);
  select * into a from json_to_record(p_attached) as a (
    external_id text, flow_id uuid, project_id uuid, default_plan text, free_limit integer);

  if a.flow_id is not null then
    -- Held to the end, so that no run begins after its flow was deleted.
    perform from flows f where f.id = a.flow_id and f.status = 'active' for share;
    if not found then
      return query select 'flow_gone', null::timestamptz, null::timestamptz, null::integer, null::integer, null::timestamptz;
      return;
    end if;
  end if;

  if a.project_id is not null then
    select a.free_limit into v_limit from connections c
    where c.id = a.project_id and coalesce(c.plan, a.default_plan) = 'free';
  end if;
  if v_limit is not null then
    insert into project_months (organization_id, project_id, month, used)
    values (p_organization_id, a.project_id, (v_month at time zone 'UTC')::date, 0) on conflict do nothing;
    select m.used into v_used from project_months m
    where m.project_id = a.project_id and m.month = (v_month at time zone 'UTC')::date for update;
    if v_used >= v_limit then
      return query select 'quota_used_up', null::timestamptz, null::timestamptz, v_limit, v_used,
        (v_month at time zone 'UTC' + interval '1 month') at time zone 'UTC';
      return;
    end if;
  end if;

  select * into v_made from create_requests(p_organization_id, json_build_array(p_item), p_have_steps);
  if v_made.outcome = 'created' then
    update requests r set external_id = a.external_id, flow_id = a.flow_id where r.id = v_made.request_id;
    if v_limit is not null then
      v_used := v_used + 1;
      update project_months m set used = v_used
      where m.project_id = a.project_id and m.month = (v_month at time zone 'UTC')::date;
    end if;
  end if;
  return query select v_made.outcome, v_made.created_at, v_made.auto_action_at, v_limit, v_used,
    case when v_limit is not null then (v_month at time zone 'UTC' + interval '1 month') at time zone 'UTC' end;
end $$;

-- A bucket's minutes are counted apart from its hours.
alter table rate_windows add column window_seconds integer not null default 3600;
alter table rate_windows drop constraint rate_windows_pkey;
alter table rate_windows add primary key (bucket_id, window_seconds, window_start);

drop function lease_rate (uuid, uuid, integer, integer);

-- Takes up to p_want requests out of the bucket's current hour, minute or other span. Never grants more than p_limit in all.
create function lease_rate(
  p_organization_id uuid, p_bucket_id uuid, p_limit integer, p_want integer, p_window_seconds integer default 3600)
returns table (granted integer, remaining integer, resets_at timestamptz, observed_at timestamptz)
language plpgsql as $$
declare
  v_window timestamptz := to_timestamp(floor(extract(epoch from now()) / p_window_seconds) * p_window_seconds);
  v_used integer;
  v_granted integer;
begin
  insert into rate_windows (organization_id, bucket_id, window_seconds, window_start, used)
  values (p_organization_id, p_bucket_id, p_window_seconds, v_window, 0)
  on conflict (bucket_id, window_seconds, window_start) do nothing;
  select w.used into v_used from rate_windows w
  where w.bucket_id = p_bucket_id and w.window_seconds = p_window_seconds and w.window_start = v_window for update;
  v_granted := greatest(0, least(p_want, p_limit - v_used));
  if v_granted > 0 then
    update rate_windows w set used = w.used + v_granted
    where w.bucket_id = p_bucket_id and w.window_seconds = p_window_seconds and w.window_start = v_window;
  end if;
  return query select v_granted, greatest(0, p_limit - v_used - v_granted),
    v_window + make_interval(secs => p_window_seconds), clock_timestamp();
end $$;
