-- What the pages of goals read at once: what became of a goal, and what of goals waits for a yes.

-- Which events tell of an objective (with its key results) or of a KPI. The events themselves can't be found by it: under
-- row-level security an index serves only what can be compared without looking into JSON. Append-only.
create table goal_events (
  organization_id uuid not null,
  goal_id uuid not null,
  created_at timestamptz(3) not null,
  event_id uuid not null references events,
  primary key (goal_id, created_at, event_id)
);

create function note_goal_event() returns trigger
language plpgsql as $$
begin
  insert into goal_events (organization_id, goal_id, created_at, event_id)
  values (new.organization_id, coalesce(new.data ->> 'objective_id', new.data ->> 'kpi_id')::uuid, new.created_at, new.id);
  return null;
end $$;

-- Events of requests cost no more than the look at request_id.
create trigger note_goal_event after insert on events for each row
when (new.request_id is null and event_family(new.type) in ('objective', 'key_result', 'checkin', 'kpi'))
execute function note_goal_event();

alter table goal_events enable row level security;
alter table goal_events force row level security;
create policy tenant on goal_events to sayso_app using (organization_id = current_organization_id());
create policy everything on goal_events to sayso_system using (true);
grant select, insert on goal_events to sayso_app, sayso_system;

-- Changes of goals, which no applier takes: what is still proposed waits for its decision, or was not approved.
create index changes_goals on changes (organization_id, request_id desc)
  where entity_type in ('objective', 'keyResult', 'kpi') and state = 'proposed';
