-- Updates request_search when a request's status, priority, source or text changes.
create or replace function change_in_search() returns trigger language plpgsql as $$
begin
  if new.title = old.title and new.description = old.description then
    update request_search set status = new.status, priority = new.priority, source = new.source where organization_id = new.organization_id and id = new.id;
  else
    update request_search set status = new.status, priority = new.priority, source = new.source,
      words = request_words(new.title, new.description)
    where organization_id = new.organization_id and id = new.id;
  end if;
  return null;
end $$;
