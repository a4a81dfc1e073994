-- Records an event beside the objective or KPI that it is about.
create or replace function note_goal_event() returns trigger
language plpgsql as $$
begin
  insert into goal_events (organization_id, goal_id, created_at, event_id)
  values (new.organization_id, coalesce(new.data ->> 'objective_id', new.data ->> 'kpi_id')::uuid, new.created_at, new.id);
  return null;
end $$;
