-- Updates the audience when a step's approvers change.
create or replace function change_audience_of_step() returns trigger
language plpgsql as $$
begin
  perform change_audience(new.organization_id, new.request_id, old.assigned_user_ids);
  return null;
end $$;
