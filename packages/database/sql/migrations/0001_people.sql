-- Organizations, their people, and what proves who a person is.
--
-- Each migration holds tables, indexes and data. Functions, triggers, policies and grants have folders of their own
-- (../functions, ../triggers, ../access) and are applied again when their text changes.
--
-- The border of the schema is the organization. A tenant table's keys begin with organization_id, and so do its foreign keys
-- and the indexes that find its rows. Global tables are few: organizations and people, and what is looked up before the
-- organization is known, by an address, a token or its hash (sessions, one_time_links, invitations, passkeys,
-- passkey_challenges, sign_in_throttles, personal_tokens, connection_keys, oauth_*), or belongs to the whole server
-- (feed_state, delivery_hold). A row that the worker takes up in any organization's order of time (due requests, deliveries,
-- mails, new events) has an index by that time beside its key.
-- Times have the precision of the API: milliseconds.

-- Lets one GIN index hold the organization beside the words of a search.
create extension if not exists btree_gin;

create table organizations (
  id uuid primary key,
  name text not null,
  -- Four eyes: nobody approves what they asked for themselves or through a connection that they own.
  four_eyes boolean not null default false,
  -- everyone: each member and each key sees every request. involved: only its asker, its approvers, those who took part
  -- in it, and the admins.
  request_visibility text not null default 'everyone' check (request_visibility in ('everyone', 'involved')),
  emergency_stop_at timestamptz(3),
  emergency_stop_by uuid,
  emergency_stop_reason text,
  -- Encrypted (SAYSO_SECRET). Signs the callbacks of requests that a person made without a connection.
  webhook_secret bytea not null,
  previous_webhook_secret bytea,
  previous_webhook_secret_until timestamptz(3),
  created_at timestamptz(3) not null default now()
);

-- A person may belong to several organizations. Each membership says what the person may do there.
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

-- A former member's name stays beside what they did.
create table former_members (
  organization_id uuid not null references organizations,
  person_id uuid not null references people,
  removed_at timestamptz(3) not null default now(),
  primary key (organization_id, person_id)
);

create table teams (
  organization_id uuid not null references organizations,
  id uuid not null,
  name text not null,
  created_at timestamptz(3) not null default now(),
  unique (organization_id, name),
  primary key (organization_id, id)
);

create table team_members (
  organization_id uuid not null references organizations,
  team_id uuid not null,
  person_id uuid not null references people,
  primary key (organization_id, team_id, person_id),
  foreign key (organization_id, team_id) references teams on delete cascade
);
create index team_members_person on team_members (organization_id, person_id);

-- An invitation makes a member when the invited person accepts it, not before.
create table invitations (
  id uuid primary key,
  organization_id uuid not null references organizations,
  -- The address that the mail went to. Nobody looks for an account with this address before the invitation is accepted.
  email text not null,
  -- The inviter's name for the invited person.
  name text not null,
  role text not null check (role in ('owner', 'admin', 'member')),
  can_approve boolean not null,
  -- SHA-256 of the link's token. Sending the invitation again makes a new token.
  token_hash bytea not null unique,
  -- Null: the command line.
  invited_by uuid references people,
  -- True: only a reader of this mailbox, or the server's operator, has seen the link. So using it proves the address.
  proves_address boolean not null default false,
  expires_at timestamptz(3) not null,
  ended_at timestamptz(3),
  ended_as text check (ended_as in ('accepted', 'withdrawn')),
  accepted_by uuid references people,
  created_at timestamptz(3) not null default now(),
  check ((ended_at is null) = (ended_as is null)),
  check ((accepted_by is not null) = (ended_as is not distinct from 'accepted'))
);
create unique index invitations_open on invitations (organization_id, lower(email)) where ended_at is null;

create table sessions (
  id uuid primary key,
  organization_id uuid not null references organizations,
  person_id uuid not null references people,
  token_hash bytea not null unique,
  user_agent text,
  address text,
  -- The last time the person proved who they are. Null: the session's beginning, in rows older than this column.
  proven_at timestamptz(3) default now(),
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

-- Passkeys are credentials of the Web Authentication API. They sign a person in without a password, in every
-- organization that the person belongs to.
create table passkeys (
  id uuid primary key,
  person_id uuid not null references people,
  credential_id bytea not null unique,
  -- COSE_Key (RFC 9052 §7).
  public_key bytea not null,
  -- The authenticator's count of signatures; always 0 on authenticators that don't count. A lower number than before
  -- shows that the passkey was copied.
  counter bigint not null,
  transports text[] not null,
  name text not null,
  device_type text not null check (device_type in ('single_device', 'multi_device')),
  backed_up boolean not null,
  last_used_at timestamptz(3),
  created_at timestamptz(3) not null default now()
);
create index passkeys_person on passkeys (person_id);

-- A challenge is the text that an authenticator signs, stored as its SHA-256. It is bound to the person who adds a
-- passkey, or, during sign-in, to the browser by a random cookie. Using it deletes it, so it works once.
create table passkey_challenges (
  challenge_hash bytea primary key,
  person_id uuid references people,
  browser_hash bytea,
  expires_at timestamptz(3) not null,
  check (num_nonnulls(person_id, browser_hash) = 1)
);
create index passkey_challenges_expires on passkey_challenges (expires_at);

-- Failed sign-ins, counted before anybody is known. So the table belongs to no organization.
create table sign_in_throttles (
  key text primary key,
  failures integer not null,
  blocked_until timestamptz(3),
  updated_at timestamptz(3) not null default now()
);
create index sign_in_throttles_updated on sign_in_throttles (updated_at);

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

-- The outbox of mails to people. Only the worker reads the bodies.
create table mails (
  organization_id uuid not null references organizations,
  id uuid not null,
  recipient text not null,
  subject text not null,
  -- Encrypted (SAYSO_SECRET), because it holds links that sign in. Deleted when the mail is sent or given up.
  body bytea,
  attempts integer not null default 0,
  -- The time of the next attempt. A claim sets it to the end of the claimer's lease.
  next_attempt_at timestamptz(3) not null default now(),
  -- The link in the mail ends then, so the mail is not sent any more.
  expires_at timestamptz(3) not null,
  sent_at timestamptz(3),
  failed_at timestamptz(3),
  last_error text,
  created_at timestamptz(3) not null default now(),
  primary key (organization_id, id)
);
create index mails_due on mails (next_attempt_at) where sent_at is null and failed_at is null;
create index mails_created on mails (created_at);

-- A list that a person keeps under a name for themselves.
create table saved_views (
  organization_id uuid not null references organizations,
  id uuid not null,
  person_id uuid not null references people,
  name text not null,
  -- The list's name and its filters, as the API takes them.
  query json not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (organization_id, id)
);
create unique index saved_views_name on saved_views (organization_id, person_id, lower(name));

-- sayso_system sees every row; ../access.sql says what sayso_app sees.
do $$
declare
  v_table text;
begin
  foreach v_table in array array[
    'organizations', 'people', 'memberships', 'former_members', 'teams', 'team_members', 'invitations', 'sessions',
    'one_time_links', 'passkeys', 'passkey_challenges', 'sign_in_throttles', 'personal_tokens', 'mails', 'saved_views'
  ] loop
    execute format('alter table %I enable row level security, force row level security', v_table);
    execute format('create policy everything on %I to sayso_system using (true)', v_table);
  end loop;
end $$;
