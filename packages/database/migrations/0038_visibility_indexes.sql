-- As 0037, of what was pending then.
set local role sayso_system;
update request_search s set audience = audience_of(s.id) where s.audience is null;
reset role;

-- What somebody sees by their keys, and what they took part in.
create index request_search_audience on request_search using gin (audience);
create index votes_person on votes (person_id, request_id);
create index comments_person on comments (person_id, request_id) where person_id is not null;
analyze request_search;
