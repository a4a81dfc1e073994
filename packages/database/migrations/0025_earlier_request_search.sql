-- What requests are searched by that were there before 0024. Apart from it: requests can be made and decided meanwhile.
-- What changes until this is committed, 0026 puts right.
insert into request_search (id, organization_id, status, priority, source, created_at, words)
select id, organization_id, status, priority, source, created_at, request_words(title, description) from requests
on conflict (id) do nothing;
analyze request_search;
