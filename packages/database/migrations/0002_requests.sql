-- Requests, how they are decided, what was said about them, and what happened (events).
--
-- A row is reached by its id, or its parent's, alone: indexes that begin with the organization are for lists.
-- Where two indexes fit a lookup, a plan made while the table was young may pick the one that reads all of the
-- organization, and stay cached. So the tenant policy of these tables is a filter that no index can serve
-- (0005), and whoever lists names the organization.
--
-- No foreign key leads from requests, events or deliveries to organizations or connections: each insert
-- would lock the same parent row for share, and those parents are never deleted.

create table templates (
  id uuid primary key,
  organization_id uuid not null references organizations,
  name text not null,
  description text,
  target_app text,
  -- Field values that a request made from this template gets unless it brings its own.
  defaults json not null default '{}',
  created_at timestamptz(3) not null default now(),
  unique (organization_id, name)
);

create table requests (
  id uuid primary key,
  organization_id uuid not null,
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
  metadata json,
  context_html text,
  callback_url text,
  -- Encrypted (SAYSO_SECRET): they hold the caller's secrets.
  callback_headers bytea,
  required_approvals integer not null,
  current_approvals integer not null default 0,
  -- How many steps must be approved; null where there are none beside the request itself.
  required_steps integer,
  is_sequential boolean not null default false,
  assigned_approvers uuid[],
  assigned_team_id uuid,
  require_rejection_reason boolean not null default false,
  is_log boolean not null default false,
  template_id uuid,
  expires_at timestamptz(3),
  auto_action text check (auto_action in ('approve', 'reject')),
  auto_action_at timestamptz(3),
  due_at timestamptz(3) generated always as (least(expires_at, auto_action_at)) stored,
  idempotency_key text,
  idempotency_hash bytea,
  -- Compare-and-set: every change of the request, its steps or votes raises it by one.
  version integer not null default 1,
  event_sequence integer not null default 0,
  comments_count integer not null default 0,
  decided_at timestamptz(3),
  decided_by uuid,
  decided_via_connection_id uuid,
  decision_comment text,
  decision_source text,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  search tsvector generated always as
    (setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', description), 'B')) stored
);
create unique index requests_idempotency_key on requests (organization_id, idempotency_key)
  where idempotency_key is not null;
create index requests_newest on requests (organization_id, created_at desc, id desc);
create index requests_status_priority on requests (organization_id, status, priority, created_at desc, id desc);
create index requests_search on requests using gin (organization_id, search);
create index requests_due on requests (due_at) where status = 'pending' and due_at is not null;
create index requests_pending on requests (organization_id) where status = 'pending';
create index requests_decided on requests (organization_id, decided_at) where decided_at is not null;
create index requests_action_type on requests (organization_id, action_type);

-- Exact totals, kept in the transaction that changes them. Several rows (shards) for each status and
-- priority, picked by backend, so that concurrent writers don't wait for one another's commit.
create table request_counts (
  organization_id uuid not null,
  status text not null,
  priority text not null,
  shard smallint not null,
  count bigint not null,
  primary key (organization_id, status, priority, shard)
) with (fillfactor = 50);

create table steps (
  id uuid primary key,
  organization_id uuid not null,
  request_id uuid not null references requests,
  step_order integer not null,
  name text,
  status text not null check (status in ('waiting', 'active', 'approved', 'rejected', 'skipped')),
  required_approvals integer not null,
  assigned_user_ids uuid[],
  assigned_team_id uuid,
  assigned_role text check (assigned_role in ('owner', 'admin', 'member')),
  decided_at timestamptz(3),
  decided_by uuid
);
create index steps_request on steps (request_id, step_order, id);

-- step_id is the request's own id where the request has no explicit steps.
create table votes (
  id uuid primary key,
  organization_id uuid not null,
  request_id uuid not null references requests,
  step_id uuid not null,
  person_id uuid not null,
  connection_id uuid,
  decision text not null check (decision in ('approve', 'reject')),
  comment text,
  source text,
  voided_at timestamptz(3),
  created_at timestamptz(3) not null default now()
);
-- The last line of defence for "one vote per person and step".
create unique index votes_once on votes (step_id, person_id) where voided_at is null;
create index votes_request on votes (request_id);

create table comments (
  id uuid primary key,
  organization_id uuid not null,
  request_id uuid not null references requests,
  person_id uuid,
  connection_id uuid,
  body text not null,
  created_at timestamptz(3) not null default now()
);
create index comments_request on comments (request_id, created_at, id);

-- The audit trail and the source of every webhook: append-only by grant.
create table events (
  id uuid primary key,
  organization_id uuid not null,
  request_id uuid,
  -- Counts from 1 within a request; 0 for events of the organization itself.
  sequence integer not null,
  type text not null,
  actor_kind text not null check (actor_kind in ('person', 'connection', 'system')),
  actor_id uuid,
  data json not null,
  created_at timestamptz(3) not null default now()
);
create unique index events_request on events (request_id, sequence) where request_id is not null;
create index events_organization on events (organization_id, created_at desc, id desc);

create table deliveries (
  -- Also the webhook-id, constant over every attempt and replay.
  id uuid primary key,
  organization_id uuid not null,
  connection_id uuid,
  request_id uuid not null,
  event_id uuid not null,
  event_type text not null,
  url text not null,
  -- scheme://host:port of url: one origin's trouble must not hold up the others.
  origin text not null,
  body text not null,
  status text not null default 'pending' check (status in ('pending', 'delivered', 'failed', 'gone')),
  attempts integer not null default 0,
  -- While pending: when to try (again). A claim moves it to the end of the claimer's lease.
  next_attempt_at timestamptz(3) not null default now(),
  last_status_code integer,
  last_error text,
  delivered_at timestamptz(3),
  created_at timestamptz(3) not null default now()
);
-- A request leaves "pending" once, so it has at most one callback.
create unique index deliveries_request on deliveries (request_id);
create index deliveries_due on deliveries (next_attempt_at) where status = 'pending';
create index deliveries_organization on deliveries (organization_id, created_at desc, id desc);
create index deliveries_failed on deliveries (organization_id, created_at desc, id desc)
  where status in ('failed', 'gone');

create table delivery_attempts (
  id uuid primary key,
  organization_id uuid not null,
  delivery_id uuid not null references deliveries,
  attempt integer not null,
  started_at timestamptz(3) not null,
  duration_ms integer not null,
  status_code integer,
  error text,
  response_body text
);
create index delivery_attempts_delivery on delivery_attempts (delivery_id, attempt);
