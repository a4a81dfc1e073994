-- Requests, their steps, votes and comments, and the events that record what happened.
--
-- A row is found by its organization and its own id, or its parent's. Row-level security adds the organization to each query
-- of sayso_app; sayso_system's queries name it themselves.
--
-- A key, and then a partial index that serves look-ups, is made after the indexes for lists: of two indexes that cost the same
-- in a plan for a small table, PostgreSQL takes the one that was made last, and some plans are kept.
--
-- No foreign key leads from requests, events or deliveries to organizations or connections: each insert would lock the
-- same parent row, and those parents are never deleted.

-- The key of a row of any organization, for functions that take rows of several organizations at once.
create type row_key as (organization_id uuid, id uuid);

create table templates (
  organization_id uuid not null references organizations,
  id uuid not null,
  name text not null,
  description text,
  target_app text,
  -- Values for the fields that a request made from this template leaves out.
  defaults json not null default '{}',
  -- The author of the automatic action in `defaults`.
  defaults_by uuid references people,
  created_at timestamptz(3) not null default now(),
  unique (organization_id, name),
  primary key (organization_id, id)
);

create table requests (
  organization_id uuid not null,
  id uuid not null,
  connection_id uuid,
  created_by uuid,
  title text not null,
  description text not null,
  status text not null check (status in ('pending', 'approved', 'rejected', 'cancelled', 'expired')),
  priority text not null check (priority in ('low', 'medium', 'high', 'critical')),
  action_type text,
  source text,
  source_id text,
  source_name text,
  source_url text,
  -- The caller's own reference (requests surface).
  external_id text,
  metadata json,
  context_html text,
  callback_url text,
  -- Encrypted (SAYSO_SECRET), because they hold the caller's secrets.
  callback_headers bytea,
  required_approvals integer not null,
  current_approvals integer not null default 0,
  -- The number of steps that must be approved. Null: the request has no steps of its own.
  required_steps integer,
  is_sequential boolean not null default false,
  assigned_approvers uuid[],
  assigned_team_id uuid,
  require_rejection_reason boolean not null default false,
  is_log boolean not null default false,
  -- True: approving the request changes an entity in the same transaction (0006_changes.sql).
  is_change boolean not null default false,
  template_id uuid,
  -- The flow that the request is a run of. Null: none.
  flow_id uuid,
  -- Everybody who asked the request, revised it or replaced its steps: people ("person <id>") and the credentials that
  -- they used, written by askersOf (packages/core/src/actors/via.ts).
  askers text[],
  expires_at timestamptz(3),
  auto_action text check (auto_action in ('approve', 'reject')),
  auto_action_at timestamptz(3),
  -- The author of the automatic action.
  auto_action_by uuid,
  -- True: the automatic action came from a template.
  auto_action_of_template boolean,
  idempotency_key text,
  idempotency_hash bytea,
  -- For compare-and-set: each change of the request, its steps or its votes raises it by one.
  version integer not null default 1,
  event_sequence integer not null default 0,
  comments_count integer not null default 0,
  decided_at timestamptz(3),
  decided_by uuid,
  decided_via_connection_id uuid,
  -- The credential that decided or withdrew the request: {kind, id, name, …} (packages/core/src/actors/via.ts).
  decided_via json,
  decision_comment text,
  decision_source text,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  -- Only people's votes apply a change.
  constraint change_waits_for_people check (not is_change or auto_action is null)
) with (
  -- An index answers alone only for pages that were vacuumed since their last change.
  autovacuum_vacuum_scale_factor = 0.05
);
-- An idempotency key belongs to its asker: a connection, a person, or a person through an app's connection.
create unique index requests_asker_key on requests (organization_id, idempotency_key, connection_id, created_by)
  nulls not distinct where idempotency_key is not null;
-- Read from its end for lists, newest first. Ascending, because new rows then fill the last page: half the size.
create index requests_listed on requests (organization_id, created_at, id) include (status, priority, source);
create index requests_status_priority on requests (organization_id, status, priority, created_at desc, id desc);
-- By the next deadline.
create index requests_due on requests (least(expires_at, auto_action_at))
  where status = 'pending' and least(expires_at, auto_action_at) is not null;
create index requests_of_action_type on requests (organization_id, action_type) where action_type is not null;
-- Requests of one workflow, run or agent.
create index requests_source_id on requests (organization_id, source_id) where source_id is not null;
create index requests_external_id on requests (organization_id, external_id, created_at desc, id desc)
  where external_id is not null;
create index requests_flow on requests (organization_id, flow_id, created_at desc, id desc) where flow_id is not null;
create index requests_connection on requests (organization_id, connection_id, created_at desc, id desc)
  where connection_id is not null;
-- Requests that a person made, without or through an app.
create index requests_created_by on requests (organization_id, created_by, created_at desc, id desc)
  where created_by is not null;
create index requests_changes on requests (organization_id, status, id desc) where is_change;
-- Holds all that says whose turn a pending request is, so that an inbox is found without reading requests. All keys of an
-- organization are equal, so new entries go to the end.
create index requests_inbox on requests (organization_id)
  include (id, priority, expires_at, auto_action_at, created_at, created_by, connection_id, required_steps, assigned_approvers,
    assigned_team_id, current_approvals, is_change, action_type, source)
  where status = 'pending';
-- Figures over a year of requests read this index alone. It is written once for each request, when the request ends.
create index requests_ended on requests (organization_id, decided_at)
  include (status, priority, created_at, decided_by, connection_id, assigned_team_id, is_log) where decided_at is not null;
alter table requests add primary key (organization_id, id);

-- The part of a request that searches and counts read. It is apart, because a decision rewrites the request's row, and
-- its words would be indexed again each time; and because counting reads narrow rows.
-- Each page leaves room for a new status: while the new row stays in its page, no index is written.
create table request_search (
  organization_id uuid not null,
  id uuid not null,
  status text not null,
  priority text not null,
  source text,
  created_at timestamptz(3) not null,
  words tsvector not null,
  -- Who sees the request under the visibility "involved": ids of people, teams and connections, and the organization's
  -- own id for everybody who may approve.
  audience uuid[],
  primary key (organization_id, id)
) with (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.05);
create index request_search_words on request_search using gin (organization_id, words);
create index request_search_audience on request_search using gin (organization_id, audience);

-- Exact totals, kept in the transaction that changes them. Each status and priority has several rows (shards), picked by
-- the backend's process id, so that concurrent writers don't wait for each other's commit.
create table request_counts (
  organization_id uuid not null,
  status text not null,
  priority text not null,
  shard smallint not null,
  count bigint not null,
  primary key (organization_id, status, priority, shard)
) with (fillfactor = 50);

create table steps (
  organization_id uuid not null,
  id uuid not null,
  request_id uuid not null,
  step_order integer not null,
  name text,
  status text not null check (status in ('waiting', 'active', 'approved', 'rejected', 'skipped')),
  required_approvals integer not null,
  -- True: each assigned person must approve, whatever the quorum says.
  needs_each boolean not null default false,
  assigned_user_ids uuid[],
  assigned_team_id uuid,
  assigned_role text check (assigned_role in ('owner', 'admin', 'member')),
  decided_at timestamptz(3),
  decided_by uuid,
  foreign key (organization_id, request_id) references requests
);
-- Steps that can be voted on now. A decided request has none.
create index steps_active on steps (organization_id) where status = 'active';
-- The newest decided steps, for the figure of where requests wait longest.
create index steps_decided on steps (organization_id, decided_at) where decided_at is not null;
create index steps_request on steps (organization_id, request_id, step_order, id);
alter table steps add primary key (organization_id, id);

create table votes (
  organization_id uuid not null,
  id uuid not null,
  request_id uuid not null,
  -- The request's own id where the request has no steps.
  step_id uuid not null,
  person_id uuid not null,
  connection_id uuid,
  -- The credential that cast the vote (packages/core/src/actors/via.ts).
  via json,
  decision text not null check (decision in ('approve', 'reject')),
  comment text,
  source text,
  voided_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  foreign key (organization_id, request_id) references requests
);
create index votes_person on votes (organization_id, person_id, request_id);
-- The last line of defence for "one vote per person and step".
create unique index votes_once on votes (organization_id, step_id, person_id) where voided_at is null;
create index votes_request on votes (organization_id, request_id);
alter table votes add primary key (organization_id, id);

-- Append-only.
create table comments (
  organization_id uuid not null,
  id uuid not null,
  request_id uuid not null,
  person_id uuid,
  connection_id uuid,
  body text not null,
  created_at timestamptz(3) not null default now(),
  foreign key (organization_id, request_id) references requests
);
create index comments_person on comments (organization_id, person_id, request_id) where person_id is not null;
create index comments_request on comments (organization_id, request_id, created_at, id);
alter table comments add primary key (organization_id, id);

-- The audit trail and the source of every webhook. Append-only.
create table events (
  organization_id uuid not null,
  id uuid not null,
  request_id uuid,
  -- Counts from 1 within a request; 0 for events of the organization itself.
  sequence integer not null,
  type text not null,
  actor_kind text not null check (actor_kind in ('person', 'connection', 'system')),
  actor_id uuid,
  data json not null,
  -- The transaction that wrote the event. The feed orders events by it later (0004_feed.sql).
  transaction_id xid8 not null default pg_current_xact_id(),
  created_at timestamptz(3) not null default now()
);
create index events_transaction on events (transaction_id);
alter table events add primary key (organization_id, id);
create unique index events_request on events (organization_id, request_id, sequence) where request_id is not null;

-- A flow says who has to approve changes of one kind of object (runs surface). A run is a request with a flow's steps.
create table flows (
  organization_id uuid not null references organizations,
  id uuid not null,
  -- The caller's own grouping. Null: none.
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
  updated_at timestamptz(3) not null default now(),
  primary key (organization_id, id)
);
create index flows_organization on flows (organization_id, created_at desc, id desc);

-- sayso_system sees every row; ../access.sql says what sayso_app sees.
do $$
declare
  v_table text;
begin
  foreach v_table in array array[
    'templates', 'requests', 'request_search', 'request_counts', 'steps', 'votes', 'comments', 'events', 'flows'
  ] loop
    execute format('alter table %I enable row level security, force row level security', v_table);
    execute format('create policy everything on %I to sayso_system using (true)', v_table);
  end loop;
end $$;
