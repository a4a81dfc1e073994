-- What a request is searched by, apart from the request itself: a request is written anew when it is decided, and all its
-- words would be indexed anew each time; and whoever counts what a search matches reads narrow rows.

create function request_words(p_title text, p_description text) returns tsvector
language sql immutable parallel safe
as $$ select setweight(to_tsvector('english', p_title), 'A') || setweight(to_tsvector('english', p_description), 'B') $$;

-- One for each request, by its id. The room in its pages is for the status, which no index here knows: where the new row
-- stays in the page of the old one, no word is indexed again.
create table request_search (
  id uuid primary key,
  organization_id uuid not null,
  status text not null,
  priority text not null,
  source text,
  created_at timestamptz(3) not null,
  words tsvector not null
) with (fillfactor = 90);
create index request_search_words on request_search using gin (organization_id, words);

alter table request_search enable row level security;
alter table request_search force row level security;
-- "is true" as in 0005.
create policy tenant on request_search to sayso_app
  using ((organization_id = (select current_organization_id())) is true);
create policy everything on request_search to sayso_system using (true);
grant select, insert, update on request_search to sayso_app, sayso_system;

create function add_to_search() returns trigger language plpgsql as $$
begin
  insert into request_search (id, organization_id, status, priority, source, created_at, words)
  select id, organization_id, status, priority, source, created_at, request_words(title, description) from new_requests;
  return null;
end $$;
create trigger add_to_search after insert on requests referencing new table as new_requests
  for each statement execute function add_to_search();

create function change_in_search() returns trigger language plpgsql as $$
begin
  if new.title = old.title and new.description = old.description then
    update request_search set status = new.status, priority = new.priority, source = new.source where id = new.id;
  else
    update request_search set status = new.status, priority = new.priority, source = new.source,
      words = request_words(new.title, new.description)
    where id = new.id;
  end if;
  return null;
end $$;
create trigger change_in_search after update of status, priority, source, title, description on requests
  for each row when ((old.status, old.priority, old.source, old.title, old.description)
    is distinct from (new.status, new.priority, new.source, new.title, new.description))
  execute function change_in_search();
-- By their keys, however young the tables were when this was planned: what it writes, and what that trigger does.
alter function commit_transitions (uuid, json, boolean, boolean, boolean) set enable_seqscan = off;
