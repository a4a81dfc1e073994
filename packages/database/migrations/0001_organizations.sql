-- Organizations, the people in them, and everything that can prove who somebody is.

create extension if not exists btree_gin;

-- The organization of this transaction. Every tenant policy compares with it; unset means: see nothing.
create function current_organization_id() returns uuid
language sql stable parallel safe
as $$ select nullif(current_setting('sayso.organization_id', true), '')::uuid $$;

create table organizations (
  id uuid primary key,
  name text not null,
  -- With four eyes on, nobody approves what they or a connection of theirs asked for.
  four_eyes boolean not null default false,
  emergency_stop_at timestamptz(3),
  emergency_stop_by uuid,
  emergency_stop_reason text,
  -- Encrypted. Signs the callbacks of requests that a person made, beside no connection.
  webhook_secret bytea not null,
  previous_webhook_secret bytea,
  previous_webhook_secret_until timestamptz(3),
  created_at timestamptz(3) not null default now()
);

-- A person may belong to several organizations; what they may do is said by each membership.
create table people (
  id uuid primary key,
  email text,
  name text not null,
  password_hash text,
  disabled_at timestamptz(3),
  created_at timestamptz(3) not null default now()
);
create unique index people_email on people (lower(email));

create table memberships (
  organization_id uuid not null references organizations,
  person_id uuid not null references people,
  role text not null check (role in ('owner', 'admin', 'member')),
  can_approve boolean not null default true,
  created_at timestamptz(3) not null default now(),
  primary key (organization_id, person_id)
);
create index memberships_person on memberships (person_id);

create table teams (
  id uuid primary key,
  organization_id uuid not null references organizations,
  name text not null,
  created_at timestamptz(3) not null default now(),
  unique (organization_id, name)
);

create table team_members (
  organization_id uuid not null references organizations,
  team_id uuid not null references teams on delete cascade,
  person_id uuid not null references people,
  primary key (team_id, person_id)
);
create index team_members_person on team_members (organization_id, person_id);

-- A machine that asks: an integration with its own keys, limits and webhook secret.
create table connections (
  id uuid primary key,
  organization_id uuid not null references organizations,
  owner_id uuid not null references people,
  name text not null,
  preset text check (preset in ('n8n', 'zapier', 'make')),
  is_active boolean not null default true,
  can_decide boolean not null default false,
  rate_limit_per_hour integer not null default 100 check (rate_limit_per_hour between 1 and 10000),
  allowed_action_types text[],
  max_priority text check (max_priority in ('low', 'medium', 'high', 'critical')),
  default_priority text check (default_priority in ('low', 'medium', 'high', 'critical')),
  default_description text,
  -- Encrypted (SAYSO_SECRET). During a rotation both secrets sign until previous_webhook_secret_until.
  webhook_secret bytea not null,
  previous_webhook_secret bytea,
  previous_webhook_secret_until timestamptz(3),
  last_used_at timestamptz(3),
  deleted_at timestamptz(3),
  created_at timestamptz(3) not null default now()
);
create index connections_organization on connections (organization_id, created_at desc, id desc);

-- Only SHA-256 hashes: a key is shown once and cannot be read back.
create table connection_keys (
  id uuid primary key,
  organization_id uuid not null references organizations,
  connection_id uuid not null references connections,
  key_hash bytea not null unique,
  prefix text not null,
  last_four text not null,
  expires_at timestamptz(3),
  revoked_at timestamptz(3),
  last_used_at timestamptz(3),
  created_at timestamptz(3) not null default now()
);
create index connection_keys_connection on connection_keys (connection_id);

create table personal_tokens (
  id uuid primary key,
  organization_id uuid not null references organizations,
  person_id uuid not null references people,
  name text not null,
  token_hash bytea not null unique,
  prefix text not null,
  last_four text not null,
  scopes text[] not null,
  expires_at timestamptz(3),
  revoked_at timestamptz(3),
  last_used_at timestamptz(3),
  created_at timestamptz(3) not null default now()
);
create index personal_tokens_person on personal_tokens (organization_id, person_id);

create table sessions (
  id uuid primary key,
  organization_id uuid not null references organizations,
  person_id uuid not null references people,
  token_hash bytea not null unique,
  user_agent text,
  address text,
  expires_at timestamptz(3) not null,
  last_seen_at timestamptz(3) not null default now(),
  created_at timestamptz(3) not null default now()
);
create index sessions_person on sessions (person_id);

create table one_time_links (
  id uuid primary key,
  organization_id uuid not null references organizations,
  person_id uuid not null references people,
  purpose text not null check (purpose in ('first_admin', 'password_reset', 'invitation')),
  token_hash bytea not null unique,
  expires_at timestamptz(3) not null,
  used_at timestamptz(3),
  created_at timestamptz(3) not null default now()
);

-- Failed sign-ins, before anybody is known: the one table that belongs to no organization.
create table sign_in_throttles (
  key text primary key,
  failures integer not null,
  blocked_until timestamptz(3),
  updated_at timestamptz(3) not null default now()
);
create index sign_in_throttles_updated on sign_in_throttles (updated_at);

-- What a bucket (a connection, or a person) has used of its hour.
create table rate_windows (
  organization_id uuid not null,
  bucket_id uuid not null,
  window_start timestamptz(3) not null,
  used integer not null,
  primary key (bucket_id, window_start)
);

-- Takes up to p_want requests out of the bucket's current hour. Never grants more than p_limit in all.
create function lease_rate(p_organization_id uuid, p_bucket_id uuid, p_limit integer, p_want integer)
returns table (granted integer, remaining integer, resets_at timestamptz, observed_at timestamptz)
language plpgsql as $$
declare
  v_window timestamptz := date_trunc('hour', now(), 'UTC');
  v_used integer;
  v_granted integer;
begin
  insert into rate_windows (organization_id, bucket_id, window_start, used)
  values (p_organization_id, p_bucket_id, v_window, 0)
  on conflict (bucket_id, window_start) do nothing;
  select w.used into v_used from rate_windows w
  where w.bucket_id = p_bucket_id and w.window_start = v_window for update;
  v_granted := greatest(0, least(p_want, p_limit - v_used));
  if v_granted > 0 then
    update rate_windows w set used = w.used + v_granted
    where w.bucket_id = p_bucket_id and w.window_start = v_window;
  end if;
  return query select v_granted, greatest(0, p_limit - v_used - v_granted), v_window + interval '1 hour', clock_timestamp();
end $$;
