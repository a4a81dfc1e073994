-- The authorization server: which apps may ask people to connect, what people allowed them, and the tokens of it.

-- An app. It acts through a connection, whose limits and defaults hold for all that it asks.
create table oauth_clients (
  id uuid primary key,
  -- Null: it registered itself (RFC 7591); whoever allows it makes its connection in their organization.
  organization_id uuid references organizations,
  connection_id uuid references connections,
  name text not null,
  preset text check (preset in ('n8n', 'zapier', 'make')),
  kind text not null check (kind in ('web', 'native')),
  redirect_uris text[] not null,
  scopes text[] not null,
  allows_client_credentials boolean not null default false,
  -- SHA-256. Null: a public client, which has none (RFC 6749 §2.1).
  secret_hash bytea,
  secret_last_four text,
  previous_secret_hash bytea,
  previous_secret_until timestamptz(3),
  created_by uuid references people,
  deleted_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  check ((organization_id is null) = (connection_id is null))
);
create index oauth_clients_organization on oauth_clients (organization_id, created_at desc, id desc);

-- What one person allowed one app, once: the family of tokens that ends when it is revoked.
create table oauth_grants (
  id uuid primary key,
  organization_id uuid not null references organizations,
  client_id uuid not null references oauth_clients,
  connection_id uuid not null references connections,
  person_id uuid not null references people,
  scopes text[] not null,
  -- The resource (RFC 8707) that was asked for, null for none.
  resource text,
  last_used_at timestamptz(3),
  revoked_at timestamptz(3),
  revoked_reason text,
  created_at timestamptz(3) not null default now()
);
create index oauth_grants_person on oauth_grants (person_id, created_at desc) where revoked_at is null;
create index oauth_grants_organization on oauth_grants (organization_id, created_at desc, id desc) where revoked_at is null;
create index oauth_grants_client on oauth_grants (client_id) where revoked_at is null;

-- Codes and tokens, by their SHA-256 only.
create table oauth_tokens (
  token_hash bytea primary key,
  kind text not null check (kind in ('AuthorizationCode', 'AccessToken', 'RefreshToken', 'ClientCredentials')),
  organization_id uuid not null references organizations,
  client_id uuid not null references oauth_clients,
  -- Null: an app that acts without a person.
  grant_id uuid references oauth_grants,
  -- What the authorization server needs to go on, without the token itself.
  payload jsonb not null,
  consumed_at timestamptz(3),
  expires_at timestamptz(3) not null,
  created_at timestamptz(3) not null default now()
);
create index oauth_tokens_grant on oauth_tokens (grant_id);
create index oauth_tokens_expired on oauth_tokens (expires_at);

-- A person on their way through sign-in and consent.
create table oauth_interactions (
  id_hash bytea primary key,
  payload jsonb not null,
  expires_at timestamptz(3) not null
);
create index oauth_interactions_expired on oauth_interactions (expires_at);

-- Sign the tokens of the resources that want to read them themselves (RFC 9068). The private key is encrypted.
create table oauth_signing_keys (
  id text primary key,
  private_jwk bytea not null,
  created_at timestamptz(3) not null default now()
);


do $$
declare
  v_table text;
begin
  foreach v_table in array array['oauth_clients', 'oauth_grants', 'oauth_tokens'] loop
    execute format('alter table %I enable row level security', v_table);
    execute format('alter table %I force row level security', v_table);
    execute format('create policy tenant on %I to sayso_app using (organization_id = current_organization_id())', v_table);
    execute format('create policy everything on %I to sayso_system using (true)', v_table);
    execute format('grant select, insert, update, delete on %I to sayso_app, sayso_system', v_table);
  end loop;
  foreach v_table in array array['oauth_interactions', 'oauth_signing_keys'] loop
    execute format('alter table %I enable row level security', v_table);
    execute format('alter table %I force row level security', v_table);
    execute format('create policy everything on %I to sayso_system using (true)', v_table);
    execute format('grant select, insert, update, delete on %I to sayso_system', v_table);
  end loop;
end $$;
revoke delete on oauth_clients, oauth_grants from sayso_app, sayso_system;
