-- Changes: requests that change an entity when they are approved, in the same transaction. The registry (entities) holds
-- what can be changed so, each with a version. Goals keep their own rows and versions (0005_goals.sql).

-- An organization's own types of entities. packages/core/src/entities names the types that every organization has.
create table entity_types (
  organization_id uuid not null references organizations,
  id uuid not null,
  name text not null,
  -- The endpoint that carries out changes of these entities. Null: only the registry changes.
  applier_url text,
  -- Encrypted (SAYSO_SECRET). During a rotation both secrets sign until previous_applier_secret_until.
  applier_secret bytea,
  previous_applier_secret bytea,
  previous_applier_secret_until timestamptz(3),
  created_at timestamptz(3) not null default now(),
  unique (organization_id, name),
  check (applier_url is null or applier_secret is not null),
  primary key (organization_id, id)
);

create table entities (
  organization_id uuid not null,
  entity_type text not null,
  entity_id text not null,
  name text not null,
  -- Each change raises it, and no version is used twice, also not after a deletion. 0: the entity never existed.
  version integer not null,
  -- Null: the entity was deleted, or does not exist yet.
  body json,
  -- The change that an applier is carrying out. Until it is settled, no other change of this entity is applied.
  applying_request_id uuid,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (organization_id, entity_type, entity_id)
);

create table changes (
  organization_id uuid not null,
  request_id uuid not null,
  entity_type text not null,
  entity_id text not null,
  entity_name text not null,
  action text not null check (action in ('create', 'update', 'delete')),
  -- As proposed: the body of a create, the merge patch (RFC 7396) of an update.
  payload json,
  made_for_version integer not null,
  -- proposed: waits for its decision, or was not approved. applying: approved, and its applier has yet to answer.
  -- failed: approved, and its applier refused it. abandoned: an admin gave up on its applier.
  state text not null default 'proposed' check (state in ('proposed', 'applying', 'applied', 'failed', 'abandoned')),
  -- From the approval on: the entity before and after the change, and its new version.
  before json,
  after json,
  entity_version integer,
  applied_at timestamptz(3),
  foreign key (organization_id, request_id) references requests
);
-- Finds an equal change that already waits.
create index changes_entity on changes (organization_id, entity_type, entity_id, made_for_version);
create index changes_unsettled on changes (organization_id, state, request_id desc) where state in ('applying', 'failed');
-- Proposed changes of goals.
create index changes_goals on changes (organization_id, request_id desc)
  where entity_type in ('objective', 'keyResult', 'kpi') and state = 'proposed';
alter table changes add primary key (organization_id, request_id);

-- Append-only. Names the event that made each version of an entity: the entity's own trail.
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

-- sayso_system sees every row; ../access.sql says what sayso_app sees.
do $$
declare
  v_table text;
begin
  foreach v_table in array array[
    'entity_types', 'entities', 'changes', 'entity_history'
  ] loop
    execute format('alter table %I enable row level security, force row level security', v_table);
    execute format('create policy everything on %I to sayso_system using (true)', v_table);
  end loop;
end $$;
