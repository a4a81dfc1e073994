-- Updates the audience when steps are added or replaced.
create or replace function change_audience_of_steps() returns trigger
language plpgsql as $$
begin
  perform change_audience(changed.organization_id, changed.request_id, null)
  from (select distinct organization_id, request_id from changed_steps) changed
  -- A request that this transaction made is added to the search when the transaction ends.
  where exists (
    select from request_search s where s.organization_id = changed.organization_id and s.id = changed.request_id);
  return null;
end $$;
