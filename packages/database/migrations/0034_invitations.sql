-- Invitations: who may become a member, and as what, once they say yes themselves. Nobody is a member before.

create table invitations (
  id uuid primary key,
  organization_id uuid not null references organizations,
  -- Whom it was sent to. Whether anybody has an account with this address is never looked at before they accept.
  email text not null,
  -- What whoever invites calls them.
  name text not null,
  role text not null check (role in ('owner', 'admin', 'member')),
  can_approve boolean not null,
  -- SHA-256 of the link's token; sending it again makes another one.
  token_hash bytea not null unique,
  -- Null: the command line.
  invited_by uuid references people,
  expires_at timestamptz(3) not null,
  ended_at timestamptz(3),
  ended_as text check (ended_as in ('accepted', 'withdrawn')),
  accepted_by uuid references people,
  created_at timestamptz(3) not null default now(),
  check ((ended_at is null) = (ended_as is null)),
  check ((accepted_by is not null) = (ended_as is not distinct from 'accepted'))
);
create unique index invitations_open on invitations (organization_id, lower(email)) where ended_at is null;

alter table invitations enable row level security;
alter table invitations force row level security;
create policy tenant on invitations to sayso_app using (organization_id = current_organization_id());
create policy everything on invitations to sayso_system using (true);
grant select, insert, update on invitations to sayso_app, sayso_system;

-- Apps that registered themselves are forgotten where nobody uses them.
create index oauth_clients_own on oauth_clients (created_at) where organization_id is null;
grant delete on oauth_clients to sayso_system;
