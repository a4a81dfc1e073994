-- Keeps the audience when steps are added or replaced.
create or replace function change_audience_of_steps() returns trigger
language plpgsql as $$
begin
  perform change_audience(changed.request_id, null) from (select distinct request_id from changed_steps) changed
  -- A request of this transaction is added to the search at its end.
  where exists (select from request_search s where s.id = changed.request_id);
  return null;
end $$;
