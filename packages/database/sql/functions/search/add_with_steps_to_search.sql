-- Adds a request with steps to request_search at the end of the transaction, when its steps are stored too. So its
-- words are indexed only once.
create or replace function add_with_steps_to_search() returns trigger
language plpgsql security definer set search_path = public as $$
begin
  insert into request_search (id, organization_id, status, priority, source, created_at, words, audience)
  select r.id, r.organization_id, r.status, r.priority, r.source, r.created_at, request_words(r.title, r.description),
    audience_of(r.organization_id, r.id)
  from requests r where r.organization_id = new.organization_id and r.id = new.id;
  return null;
end $$;
alter function add_with_steps_to_search() owner to sayso_system;
revoke all on function add_with_steps_to_search() from public;
grant execute on function add_with_steps_to_search() to sayso_app;
