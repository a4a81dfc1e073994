-- The condition of sees_request as text, for a statement of sayso_system on requests. As part of the statement it lets
-- PostgreSQL choose: few candidates are looked up one by one, many among all requests that these keys see.
create or replace function seen_by(p_keys uuid[]) returns text
language sql immutable
as $$
  select format('(exists (select from request_search s '
    'where s.organization_id = requests.organization_id and s.id = requests.id and s.audience && %1$L::uuid[]) '
    'or exists (select from votes v '
    'where v.organization_id = requests.organization_id and v.request_id = requests.id and v.person_id = any (%1$L::uuid[])) '
    'or exists (select from comments c '
    'where c.organization_id = requests.organization_id and c.request_id = requests.id and c.person_id = any (%1$L::uuid[])))', p_keys)
$$;
