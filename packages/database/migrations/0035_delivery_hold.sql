-- While its one row is there, nothing is sent: no callback, nothing to subscriptions, no mail. What is due waits.
create table delivery_hold (
  is_only boolean primary key default true check (is_only),
  reason text not null check (reason in ('restore', 'operator')),
  held_since timestamptz(3) not null default now()
);

alter table delivery_hold enable row level security;
alter table delivery_hold force row level security;
create policy everything on delivery_hold to sayso_system using (true);
grant select, insert, delete on delivery_hold to sayso_system;

create function deliveries_are_held() returns boolean
language sql stable
as $$ select exists (select from delivery_hold) $$;
