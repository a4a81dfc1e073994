-- The events feed, subscriptions, and deliveries. docs/decisions/0009-events-feed.md gives the reasons, with figures.
--
-- The feed gives the events of each organization one order that never changes. It is also the hash chain of the audit
-- trail.

-- An event's place, counted from 1 without gaps. A reader who has read up to a position has seen every event before it.
create table feed (
  organization_id uuid not null,
  position bigint not null,
  event_id uuid not null,
  -- SHA-256 of the previous entry's hash (for the first entry: the organization's id) and this event's text.
  hash bytea not null,
  primary key (organization_id, position)
);
-- The last line of defence for "every event once".
create unique index feed_event on feed (organization_id, event_id);

create table feed_heads (
  organization_id uuid primary key,
  position bigint not null,
  hash bytea not null
) with (fillfactor = 50);

create table feed_state (
  is_only boolean primary key default true check (is_only),
  -- Events of transactions that this snapshot sees have their places. Later ones have none yet.
  snapshot pg_snapshot not null,
  -- The server that gave these transaction ids. After a restore into another server they mean nothing.
  system_identifier text,
  -- After a restore: events up to this id have been looked at. Null: all of them.
  adopted_to row_key
) with (fillfactor = 10);
insert into feed_state (snapshot) values ('1:1:');

create table subscriptions (
  organization_id uuid not null references organizations,
  id uuid not null,
  -- The owner: a connection; with a grant, an app in a person's name; or a person.
  connection_id uuid,
  grant_id uuid references oauth_grants,
  person_id uuid references people,
  target_url text not null,
  -- scheme://host:port of target_url.
  origin text not null,
  -- Sorted. `approval.*` stands for all events of a family.
  event_types text[] not null,
  -- Conditions on the event's request: { priority, action_type, source, status }, each a list of accepted values.
  filter jsonb not null,
  description text,
  -- SHA-256 of owner, address, types and filter: two subscriptions with the same fingerprint are the same.
  fingerprint bytea not null,
  -- Encrypted (SAYSO_SECRET). During a rotation both secrets sign until previous_secret_until.
  secret bytea not null,
  previous_secret bytea,
  previous_secret_until timestamptz(3),
  -- The first failure since the last success.
  failing_since timestamptz(3),
  disabled_at timestamptz(3),
  disabled_reason text check (disabled_reason in ('gone', 'failing', 'owner_gone')),
  deleted_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  check (connection_id is not null or person_id is not null),
  foreign key (organization_id, connection_id) references connections
);
create unique index subscriptions_once on subscriptions (organization_id, fingerprint)
  where disabled_at is null and deleted_at is null;
create index subscriptions_organization on subscriptions (organization_id, created_at desc, id desc)
  where deleted_at is null;
alter table subscriptions add primary key (organization_id, id);

-- The outbox and the delivery log: callbacks of requests, webhooks of subscriptions, calls of appliers.
create table deliveries (
  organization_id uuid not null,
  -- Also the webhook-id, constant over every attempt and replay.
  id uuid not null,
  connection_id uuid,
  subscription_id uuid,
  entity_type_id uuid,
  request_id uuid,
  event_id uuid not null,
  event_type text not null,
  url text not null,
  -- scheme://host:port of url. Deliveries to one slow origin must not hold up the others.
  origin text not null,
  body text not null,
  status text not null default 'pending' check (status in ('pending', 'delivered', 'failed', 'gone')),
  attempts integer not null default 0,
  -- While pending: the time of the next attempt. A claim sets it to the end of the claimer's lease.
  next_attempt_at timestamptz(3) not null default now(),
  last_status_code integer,
  last_error text,
  delivered_at timestamptz(3),
  created_at timestamptz(3) not null default now()
);
create index deliveries_due on deliveries (next_attempt_at) where status = 'pending';
-- Due deliveries by owner: a connection, or the organization itself where no connection asked.
create index deliveries_due_of_owner on deliveries (organization_id, coalesce(connection_id, organization_id), next_attempt_at)
  where status = 'pending';
create index deliveries_organization on deliveries (organization_id, created_at desc, id desc);
create index deliveries_failed on deliveries (organization_id, created_at desc, id desc)
  where status in ('failed', 'gone');
alter table deliveries add primary key (organization_id, id);
create index deliveries_told on deliveries (organization_id, request_id) where subscription_id is not null;
create index deliveries_unfinished on deliveries (organization_id, subscription_id)
  where subscription_id is not null and status = 'pending';
-- A change calls one applier at most.
create unique index deliveries_applier on deliveries (organization_id, request_id) where entity_type_id is not null;
-- A request leaves "pending" once, so it has one callback at most.
create unique index deliveries_request on deliveries (organization_id, request_id) where subscription_id is null and entity_type_id is null;

-- Append-only.
create table delivery_attempts (
  organization_id uuid not null,
  id uuid not null,
  delivery_id uuid not null,
  attempt integer not null,
  started_at timestamptz(3) not null,
  duration_ms integer not null,
  status_code integer,
  error text,
  -- Headers by name, without values that only the receiver may know. Null: the attempt is older than these columns, or
  -- nothing was sent.
  request_headers json,
  response_headers json,
  response_body text,
  primary key (organization_id, id),
  foreign key (organization_id, delivery_id) references deliveries
);
create index delivery_attempts_delivery on delivery_attempts (organization_id, delivery_id, attempt);

-- While its one row exists, nothing is sent: no callback, no webhook, no mail. Due deliveries wait.
create table delivery_hold (
  is_only boolean primary key default true check (is_only),
  reason text not null check (reason in ('restore', 'operator')),
  held_since timestamptz(3) not null default now()
);

-- sayso_system sees every row; ../access.sql says what sayso_app sees.
do $$
declare
  v_table text;
begin
  foreach v_table in array array[
    'feed', 'feed_heads', 'feed_state', 'subscriptions', 'deliveries', 'delivery_attempts', 'delivery_hold'
  ] loop
    execute format('alter table %I enable row level security, force row level security', v_table);
    execute format('create policy everything on %I to sayso_system using (true)', v_table);
  end loop;
end $$;
