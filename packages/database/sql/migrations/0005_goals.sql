-- Goals: objectives with key results, KPIs, and reviews of people.

-- A period for which objectives are set. Its last day belongs to it.
create table goal_cycles (
  organization_id uuid not null references organizations,
  id uuid not null,
  name text not null,
  starts_on date not null,
  ends_on date not null,
  created_at timestamptz(3) not null default now(),
  check (ends_on >= starts_on),
  constraint goal_cycles_name unique (organization_id, name),
  primary key (organization_id, id)
);

create table objectives (
  organization_id uuid not null references organizations,
  id uuid not null,
  title text not null,
  description text,
  type text not null check (type in ('org', 'team', 'individual')),
  owner_id uuid references people,
  cycle_id uuid,
  -- True: a change that an automation makes waits for a person.
  needs_approval boolean not null default false,
  -- Counts changes of what a person set, not check-ins. A change that waits for approval names the version it was made for.
  version integer not null default 1,
  archived_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, cycle_id) references goal_cycles
);
create index objectives_organization on objectives (organization_id, created_at desc, id desc) where archived_at is null;

create table key_results (
  organization_id uuid not null references organizations,
  id uuid not null,
  objective_id uuid not null,
  title text not null,
  unit text,
  start_value double precision not null,
  target_value double precision not null,
  current_value double precision not null,
  weight double precision not null default 1 check (weight > 0),
  owner_id uuid references people,
  -- The last check-in's status. Null: no check-in yet.
  reported_status text check (reported_status in ('on_track', 'at_risk', 'off_track')),
  checkins integer not null default 0,
  last_checkin_at timestamptz(3),
  needs_approval boolean not null default false,
  version integer not null default 1,
  archived_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  check (target_value <> start_value),
  primary key (organization_id, id),
  foreign key (organization_id, objective_id) references objectives
);
create index key_results_objective on key_results (organization_id, objective_id, id) where archived_at is null;

-- Append-only. `sequence` counts the check-ins of one key result; previous_value is the value of the check-in before.
create table checkins (
  organization_id uuid not null references organizations,
  id uuid not null,
  key_result_id uuid not null,
  sequence integer not null,
  previous_value double precision not null,
  value double precision not null,
  status text not null check (status in ('on_track', 'at_risk', 'off_track')),
  comment text,
  actor_kind text not null,
  actor_id uuid,
  created_at timestamptz(3) not null default now(),
  unique (organization_id, key_result_id, sequence),
  primary key (organization_id, id),
  foreign key (organization_id, key_result_id) references key_results
);
create index checkins_time on checkins (organization_id, key_result_id, created_at);

create table kpis (
  organization_id uuid not null references organizations,
  id uuid not null,
  name text not null,
  description text,
  unit text,
  -- Null: not measured yet.
  current_value double precision,
  target_value double precision not null,
  -- The better direction.
  direction text not null check (direction in ('increase', 'decrease')),
  owner_id uuid references people,
  updates integer not null default 0,
  last_updated_at timestamptz(3),
  needs_approval boolean not null default false,
  version integer not null default 1,
  archived_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (organization_id, id)
);
create index kpis_organization on kpis (organization_id, created_at desc, id desc) where archived_at is null;

-- Append-only, as checkins. The first update's previous_value is the value that the KPI was created with, or null.
create table kpi_updates (
  organization_id uuid not null references organizations,
  id uuid not null,
  kpi_id uuid not null,
  sequence integer not null,
  previous_value double precision,
  new_value double precision not null,
  comment text,
  actor_kind text not null,
  actor_id uuid,
  created_at timestamptz(3) not null default now(),
  unique (organization_id, kpi_id, sequence),
  primary key (organization_id, id),
  foreign key (organization_id, kpi_id) references kpis
);

-- Append-only. Names the events about an objective (with its key results) or a KPI. Under row-level security no index
-- over the events' JSON could find them.
create table goal_events (
  organization_id uuid not null,
  goal_id uuid not null,
  created_at timestamptz(3) not null,
  event_id uuid not null,
  primary key (organization_id, goal_id, created_at, event_id),
  foreign key (organization_id, event_id) references events
);

create table review_cycles (
  organization_id uuid not null references organizations,
  id uuid not null,
  name text not null,
  status text not null check (status in ('draft', 'active', 'closed')),
  due_date date,
  created_at timestamptz(3) not null default now(),
  constraint review_cycles_name unique (organization_id, name),
  primary key (organization_id, id)
);
create index review_cycles_organization on review_cycles (organization_id, created_at desc, id desc);

-- One person's text about another (for `self`: about themselves). Only its author sees it until it is shared.
create table reviews (
  organization_id uuid not null references organizations,
  id uuid not null,
  review_cycle_id uuid not null,
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
  unique (organization_id, review_cycle_id, employee_id, author_id, type),
  primary key (organization_id, id),
  foreign key (organization_id, review_cycle_id) references review_cycles
);
create index reviews_organization on reviews (organization_id, created_at desc, id desc);
create index reviews_author on reviews (organization_id, author_id);

-- sayso_system sees every row; ../access.sql says what sayso_app sees.
do $$
declare
  v_table text;
begin
  foreach v_table in array array[
    'goal_cycles', 'objectives', 'key_results', 'checkins', 'kpis', 'kpi_updates', 'goal_events', 'review_cycles',
    'reviews'
  ] loop
    execute format('alter table %I enable row level security, force row level security', v_table);
    execute format('create policy everything on %I to sayso_system using (true)', v_table);
  end loop;
end $$;
