-- Mail to people, kept until it is sent, and the names of those who have left an organization.

-- The outbox. Its bodies are of no use to anybody but the worker.
create table mails (
  id uuid primary key,
  organization_id uuid not null references organizations,
  recipient text not null,
  subject text not null,
  -- Encrypted (SAYSO_SECRET): it holds links that sign in. Gone as soon as it is sent or given up.
  body bytea,
  attempts integer not null default 0,
  -- While it waits: when to try (again). A claim moves it to the end of the claimer's lease.
  next_attempt_at timestamptz(3) not null default now(),
  -- From then on it is worth nothing to its reader: the link in it is dead.
  expires_at timestamptz(3) not null,
  sent_at timestamptz(3),
  failed_at timestamptz(3),
  last_error text,
  created_at timestamptz(3) not null default now()
);
create index mails_due on mails (next_attempt_at) where sent_at is null and failed_at is null;
create index mails_created on mails (created_at);

alter table mails enable row level security;
alter table mails force row level security;
create policy tenant on mails to sayso_app using (organization_id = current_organization_id());
create policy everything on mails to sayso_system using (true);
grant select, insert, update, delete on mails to sayso_system;
grant insert on mails to sayso_app;

-- Who was a member and is no more: what they did keeps their name.
create table former_members (
  organization_id uuid not null references organizations,
  person_id uuid not null references people,
  removed_at timestamptz(3) not null default now(),
  primary key (organization_id, person_id)
);

alter table former_members enable row level security;
alter table former_members force row level security;
create policy tenant on former_members to sayso_app using (organization_id = current_organization_id());
create policy everything on former_members to sayso_system using (true);
grant select, insert, update, delete on former_members to sayso_system;
grant select on former_members to sayso_app;

drop policy tenant on people;
create policy tenant on people to sayso_app
  using (exists (select from memberships m where m.person_id = people.id)
         or exists (select from former_members f where f.person_id = people.id));
