-- Connections (machines that ask), their keys, and the authorization server's apps, grants and tokens.

-- A connection is an integration with its own keys, limits and webhook secret.
create table connections (
  organization_id uuid not null references organizations,
  id uuid not null,
  owner_id uuid not null references people,
  name text not null,
  preset text check (preset in ('n8n', 'zapier', 'make')),
  -- A project's monthly allowance (requests surface). Null: the server's default.
  plan text check (plan in ('free', 'pro')),
  is_active boolean not null default true,
  -- True: under the visibility "involved", the connection's keys see every request.
  can_read_all boolean not null default false,
  -- True: the connection casts its owner's vote, because the owner agreed to it.
  can_decide boolean not null default false,
  -- True: also on requests that came through this connection. The owner agrees to it separately.
  can_decide_own boolean not null default false,
  -- The person who agreed: the owner, or nobody.
  decides_for uuid references people,
  decides_since timestamptz(3),
  -- Where the person agreed: on a page, or on the server's command line.
  decides_by text check (decides_by in ('session', 'command_line')),
  -- True: a start on a localhost address gave this agreement to the first key. It ends when the server gets another address.
  decides_while_local boolean not null default false,
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
  created_at timestamptz(3) not null default now(),
  -- A transfer to another owner ends the agreement, or this refuses the row.
  constraint connections_agreement check (
    case when can_decide
      then decides_for is not null and decides_for = owner_id and decides_since is not null and decides_by is not null
      else not can_decide_own and num_nonnulls(decides_for, decides_since, decides_by) = 0
    end),
  primary key (organization_id, id)
);
create index connections_organization on connections (organization_id, created_at desc, id desc);

-- A key is stored as its SHA-256 only: it is shown once and can't be read back.
create table connection_keys (
  id uuid primary key,
  organization_id uuid not null references organizations,
  connection_id uuid not null,
  key_hash bytea not null unique,
  prefix text not null,
  last_four text not null,
  -- Null: everything that the connection may do. Goals keys (okrt_…) always name their scopes.
  scopes text[],
  -- The person who made the key, and by which door. Null in rows older than these columns.
  made_by uuid references people,
  made_via text,
  expires_at timestamptz(3),
  revoked_at timestamptz(3),
  -- Null: a person revoked or rotated the key.
  revoked_reason text check (revoked_reason in ('not_made_by_owner')),
  last_used_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  foreign key (organization_id, connection_id) references connections
);
create index connection_keys_connection on connection_keys (organization_id, connection_id);

-- Calls that a bucket (a connection or a person) made in one window. Windows of different lengths count apart.
create table rate_windows (
  organization_id uuid not null,
  bucket_id uuid not null,
  window_seconds integer not null default 3600,
  window_start timestamptz(3) not null,
  used integer not null,
  primary key (organization_id, bucket_id, window_seconds, window_start)
);

-- Requests that a project (a connection, on the requests surface) made in a month, where its plan counts them.
create table project_months (
  organization_id uuid not null references organizations,
  project_id uuid not null,
  -- The month's first day, UTC.
  month date not null,
  used integer not null,
  primary key (organization_id, project_id, month),
  foreign key (organization_id, project_id) references connections
);

-- An app. It acts through a connection, whose limits and defaults apply to all that the app asks.
create table oauth_clients (
  id uuid primary key,
  -- Null: the app registered itself (RFC 7591). The person who allows it makes its connection in their organization.
  organization_id uuid references organizations,
  connection_id uuid,
  name text not null,
  preset text check (preset in ('n8n', 'zapier', 'make')),
  kind text not null check (kind in ('web', 'native')),
  redirect_uris text[] not null,
  scopes text[] not null,
  allows_client_credentials boolean not null default false,
  -- SHA-256. Null: a public client, which has no secret (RFC 6749 §2.1).
  secret_hash bytea,
  secret_last_four text,
  -- An app that acts without a person uses its secret like a key of its connection, so its maker is stored too.
  secret_made_by uuid references people,
  secret_made_via text,
  previous_secret_hash bytea,
  previous_secret_until timestamptz(3),
  previous_secret_made_by uuid references people,
  -- Tokens of client credentials from before this time are refused.
  credentials_since timestamptz(3),
  created_by uuid references people,
  deleted_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  check ((organization_id is null) = (connection_id is null)),
  foreign key (organization_id, connection_id) references connections
);
create index oauth_clients_organization on oauth_clients (organization_id, created_at desc, id desc);
-- Finds unused apps that registered themselves, which are deleted after a while.
create index oauth_clients_own on oauth_clients (created_at) where organization_id is null;

-- A grant is one person's permission for one app. Revoking it ends all of its tokens.
create table oauth_grants (
  id uuid primary key,
  organization_id uuid not null references organizations,
  client_id uuid not null references oauth_clients,
  connection_id uuid not null,
  person_id uuid not null references people,
  scopes text[] not null,
  -- The requested resource (RFC 8707). Null: none.
  resource text,
  last_used_at timestamptz(3),
  revoked_at timestamptz(3),
  revoked_reason text,
  created_at timestamptz(3) not null default now(),
  foreign key (organization_id, connection_id) references connections
);
create index oauth_grants_person on oauth_grants (person_id, created_at desc) where revoked_at is null;
create index oauth_grants_organization on oauth_grants (organization_id, created_at desc, id desc) where revoked_at is null;
create index oauth_grants_client on oauth_grants (client_id) where revoked_at is null;

-- Codes and tokens, stored as their SHA-256 only.
create table oauth_tokens (
  token_hash bytea primary key,
  kind text not null check (kind in ('AuthorizationCode', 'AccessToken', 'RefreshToken', 'ClientCredentials')),
  organization_id uuid not null references organizations,
  client_id uuid not null references oauth_clients,
  -- Null: an app that acts without a person.
  grant_id uuid references oauth_grants,
  -- The authorization server's own data, without the token itself.
  payload jsonb not null,
  consumed_at timestamptz(3),
  expires_at timestamptz(3) not null,
  created_at timestamptz(3) not null default now()
);
create index oauth_tokens_grant on oauth_tokens (grant_id);
create index oauth_tokens_expired on oauth_tokens (expires_at);

-- An interaction is one person's way through sign-in and consent.
create table oauth_interactions (
  id_hash bytea primary key,
  payload jsonb not null,
  expires_at timestamptz(3) not null
);
create index oauth_interactions_expired on oauth_interactions (expires_at);

-- Keys that sign JWT access tokens (RFC 9068). The private key is encrypted (SAYSO_SECRET).
create table oauth_signing_keys (
  id text primary key,
  private_jwk bytea not null,
  created_at timestamptz(3) not null default now()
);

-- A call of the API by a credential of a connection. Kept for 7 days, the newest 1,000 of each connection. It is written
-- after the answer, so a crash loses the last second's calls.
create table api_calls (
  organization_id uuid not null,
  connection_id uuid not null,
  -- When the answer ended.
  at timestamptz(3) not null,
  id uuid not null,
  method text not null,
  -- Without the query.
  path text not null,
  -- `resource.verb`. Null: no operation has this path.
  operation text,
  -- 499: the caller hung up before the answer began.
  status integer not null,
  duration_ms integer not null,
  request_id text not null,
  error_code text,
  primary key (organization_id, connection_id, at, id)
);
create index api_calls_at on api_calls (at);

-- Calls by hour, counting also those that api_calls no longer holds or never held.
create table api_call_hours (
  organization_id uuid not null,
  connection_id uuid not null,
  hour timestamptz(3) not null,
  calls integer not null,
  -- Answers from 400 to 499.
  refused integer not null,
  -- Answers from 500 on.
  failed integer not null,
  primary key (organization_id, connection_id, hour)
);
create index api_call_hours_hour on api_call_hours (hour);

-- sayso_system sees every row; ../access.sql says what sayso_app sees.
do $$
declare
  v_table text;
begin
  foreach v_table in array array[
    'connections', 'connection_keys', 'rate_windows', 'project_months', 'oauth_clients', 'oauth_grants', 'oauth_tokens',
    'oauth_interactions', 'oauth_signing_keys', 'api_calls', 'api_call_hours'
  ] loop
    execute format('alter table %I enable row level security, force row level security', v_table);
    execute format('create policy everything on %I to sayso_system using (true)', v_table);
  end loop;
end $$;
