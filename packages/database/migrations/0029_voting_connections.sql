-- Whose votes a connection casts: only those of its owner, who agreed to it. And by whose hand its keys came to be.

alter table connections
  -- Also on what was asked through this connection itself: an agreement of its own.
  add column can_decide_own boolean not null default false,
  -- Who agreed; the owner, or nobody.
  add column decides_for uuid references people,
  add column decides_since timestamptz(3),
  -- In person, or on the server's own command line.
  add column decides_by text check (decides_by in ('session', 'command_line'));

-- Nobody was asked for those that exist: they ask on, and their owners may agree. A table's owner is held to its
-- policies as well, and none is theirs: so not while this is done.
alter table connections no force row level security;
update connections set can_decide = false where can_decide;
alter table connections force row level security;

-- A transfer can't leave it on, whatever writes the row.
alter table connections add constraint connections_agreement check (
  case when can_decide
    then decides_for is not null and decides_for = owner_id and decides_since is not null and decides_by is not null
    else not can_decide_own and num_nonnulls(decides_for, decides_since, decides_by) = 0
  end);

alter table connection_keys
  -- Whose hand made it, and by which door; null: before this was noted.
  add column made_by uuid references people,
  add column made_via text,
  -- Null: somebody revoked it, or rotated it out.
  add column revoked_reason text check (revoked_reason in ('not_made_by_owner'));

-- The secret by which an app acts without a person is a key of its connection as well.
alter table oauth_clients
  add column secret_made_by uuid references people,
  add column secret_made_via text,
  -- Tokens of client credentials that were given out before are no longer taken.
  add column credentials_since timestamptz(3);

-- When the session's person last proved who they are; null: when the session began, before this was noted.
alter table sessions add column proven_at timestamptz(3);
alter table sessions alter column proven_at set default now();
