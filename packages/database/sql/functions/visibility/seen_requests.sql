-- Every request of an organization that these keys see, each once. For sayso_system only, because it reads every row. A
-- query reads no more of the result than it needs.
create or replace function seen_requests(p_organization_id uuid, p_keys uuid[])
returns table (
  id uuid, organization_id uuid, status text, priority text, source text, created_at timestamptz(3), words tsvector)
language sql stable
as $$
  select s.id, s.organization_id, s.status, s.priority, s.source, s.created_at, s.words
  from request_search s where s.organization_id = p_organization_id and s.audience && p_keys
  union all
  select s.id, s.organization_id, s.status, s.priority, s.source, s.created_at, s.words
  from (
    select v.request_id from votes v where v.organization_id = p_organization_id and v.person_id = any (p_keys)
    union select c.request_id from comments c where c.organization_id = p_organization_id and c.person_id = any (p_keys)
  ) took_part
  join request_search s on s.organization_id = p_organization_id and s.id = took_part.request_id
  where (s.audience && p_keys) is not true
$$;
