-- Goals: what an organization wants to reach (objectives with key results), what it measures (KPIs), and what people
-- write about a period (reviews); and the keys by which other programs read and report them.

-- A period for which objectives are set. Its last day belongs to it.
create table goal_cycles (
  id uuid primary key,
  organization_id uuid not null references organizations,
  name text not null,
  starts_on date not null,
  ends_on date not null,
  created_at timestamptz(3) not null default now(),
  check (ends_on >= starts_on),
  constraint goal_cycles_name unique (organization_id, name)
);

-- version counts changes of what somebody set, not check-ins: a change under approval names the one it was made for.
create table objectives (
  id uuid primary key,
  organization_id uuid not null references organizations,
  title text not null,
  description text,
  type text not null check (type in ('org', 'team', 'individual')),
  owner_id uuid references people,
  cycle_id uuid references goal_cycles,
  -- What automations want to change waits for a person.
  needs_approval boolean not null default false,
  version integer not null default 1,
  archived_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index objectives_organization on objectives (organization_id, created_at desc, id desc) where archived_at is null;

create table key_results (
  id uuid primary key,
  organization_id uuid not null references organizations,
  objective_id uuid not null references objectives,
  title text not null,
  unit text,
  start_value double precision not null,
  target_value double precision not null,
  current_value double precision not null,
  weight double precision not null default 1 check (weight > 0),
  owner_id uuid references people,
  -- As last reported; null: by nobody yet.
  reported_status text check (reported_status in ('on_track', 'at_risk', 'off_track')),
  checkins integer not null default 0,
  last_checkin_at timestamptz(3),
  needs_approval boolean not null default false,
  version integer not null default 1,
  archived_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  check (target_value <> start_value)
);
create index key_results_objective on key_results (objective_id, id) where archived_at is null;

-- sequence counts the check-ins of one key result: each previous_value is the value of the one before.
create table checkins (
  id uuid primary key,
  organization_id uuid not null references organizations,
  key_result_id uuid not null references key_results,
  sequence integer not null,
  previous_value double precision not null,
  value double precision not null,
  status text not null check (status in ('on_track', 'at_risk', 'off_track')),
  comment text,
  actor_kind text not null,
  actor_id uuid,
  created_at timestamptz(3) not null default now(),
  unique (key_result_id, sequence)
);
create index checkins_time on checkins (key_result_id, created_at);

create table kpis (
  id uuid primary key,
  organization_id uuid not null references organizations,
  name text not null,
  description text,
  unit text,
  -- null: nothing was measured yet
  current_value double precision,
  target_value double precision not null,
  -- Whether more or less is better.
  direction text not null check (direction in ('increase', 'decrease')),
  owner_id uuid references people,
  updates integer not null default 0,
  last_updated_at timestamptz(3),
  needs_approval boolean not null default false,
  version integer not null default 1,
  archived_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index kpis_organization on kpis (organization_id, created_at desc, id desc) where archived_at is null;

-- As checkins: the first one's previous_value is what the KPI was made with, or null.
create table kpi_updates (
  id uuid primary key,
  organization_id uuid not null references organizations,
  kpi_id uuid not null references kpis,
  sequence integer not null,
  previous_value double precision,
  new_value double precision not null,
  comment text,
  actor_kind text not null,
  actor_id uuid,
  created_at timestamptz(3) not null default now(),
  unique (kpi_id, sequence)
);

create table review_cycles (
  id uuid primary key,
  organization_id uuid not null references organizations,
  name text not null,
  status text not null check (status in ('draft', 'active', 'closed')),
  due_date date,
  created_at timestamptz(3) not null default now(),
  constraint review_cycles_name unique (organization_id, name)
);
create index review_cycles_organization on review_cycles (organization_id, created_at desc, id desc);

-- What one person writes about one (for `self`: themselves). Nobody but its author sees it until it is shared.
create table reviews (
  id uuid primary key,
  organization_id uuid not null references organizations,
  review_cycle_id uuid not null references review_cycles,
  employee_id uuid not null references people,
  author_id uuid not null references people,
  type text not null check (type in ('self', 'manager', 'peer')),
  status text not null default 'draft' check (status in ('draft', 'shared')),
  -- [{ question, answer }]
  answers json not null,
  shared_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  check ((status = 'shared') = (shared_at is not null)),
  unique (review_cycle_id, employee_id, author_id, type)
);
create index reviews_organization on reviews (organization_id, created_at desc, id desc);
create index reviews_author on reviews (organization_id, author_id);

-- A key may be allowed less than everything (null). Goals keys (okrt_…) always are.
alter table connection_keys add column scopes text[];

-- What becomes of goals is for everybody, what people write in reviews is not.
create or replace function is_for_everybody(p_type text) returns boolean
language sql immutable parallel safe
as $$
  select event_family(p_type) in (
    'approval', 'delivery', 'subscription', 'cycle', 'objective', 'key_result', 'checkin', 'kpi', 'review_cycle')
$$;

do $$
declare
  v_table text;
begin
  foreach v_table in array array[
    'goal_cycles', 'objectives', 'key_results', 'checkins', 'kpis', 'kpi_updates', 'review_cycles', 'reviews'
  ] loop
    execute format('alter table %I enable row level security', v_table);
    execute format('alter table %I force row level security', v_table);
    execute format('create policy tenant on %I to sayso_app using (organization_id = current_organization_id())', v_table);
    execute format('create policy everything on %I to sayso_system using (true)', v_table);
    execute format('grant select, insert, update on %I to sayso_app, sayso_system', v_table);
  end loop;
end $$;
-- Append-only.
revoke update on checkins, kpi_updates from sayso_app, sayso_system;
grant delete on reviews to sayso_app;
