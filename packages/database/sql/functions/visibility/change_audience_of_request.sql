-- Updates the audience when a request's approvers, team or steps change.
create or replace function change_audience_of_request() returns trigger
language plpgsql as $$
begin
  perform change_audience(new.organization_id, new.id, case when new.required_steps is null then old.assigned_approvers end);
  return null;
end $$;
