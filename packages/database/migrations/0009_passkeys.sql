-- Passkeys: credentials of the Web Authentication API by which a person signs in without a password.

-- They belong to a person, in whatever organizations that person is.
create table passkeys (
  id uuid primary key,
  person_id uuid not null references people,
  credential_id bytea not null unique,
  -- COSE_Key (RFC 9052 §7).
  public_key bytea not null,
  -- Signatures so far, as the authenticator counts; 0 for good where it doesn't. One that goes back was copied.
  counter bigint not null,
  transports text[] not null,
  name text not null,
  device_type text not null check (device_type in ('single_device', 'multi_device')),
  backed_up boolean not null,
  last_used_at timestamptz(3),
  created_at timestamptz(3) not null default now()
);
create index passkeys_person on passkeys (person_id);

-- What an authenticator is asked to sign, by its SHA-256: bound to the person who adds a passkey, or to the browser
-- (a random cookie) of somebody who is not known yet. Deleted by being used, so that each is used once.
create table passkey_challenges (
  challenge_hash bytea primary key,
  person_id uuid references people,
  browser_hash bytea,
  expires_at timestamptz(3) not null,
  check (num_nonnulls(person_id, browser_hash) = 1)
);
create index passkey_challenges_expires on passkey_challenges (expires_at);

alter table passkeys enable row level security;
alter table passkeys force row level security;
alter table passkey_challenges enable row level security;
alter table passkey_challenges force row level security;
create policy everything on passkeys to sayso_system using (true);
create policy everything on passkey_challenges to sayso_system using (true);
-- As with people: an organization sees those of its members. It changes none.
create policy tenant on passkeys to sayso_app
  using (exists (select from memberships m where m.person_id = passkeys.person_id));
grant select, insert, update, delete on passkeys, passkey_challenges to sayso_system;
grant select on passkeys to sayso_app;
