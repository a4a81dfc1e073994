-- What requests are searched by that were there before 0024. Apart from it: requests can be made and decided meanwhile.
insert into request_search (id, organization_id, status, priority, source, words)
select id, organization_id, status, priority, source, request_words(title, description) from requests
on conflict (id) do nothing;
analyze request_search;
