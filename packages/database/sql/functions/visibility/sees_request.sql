-- Says whether these keys see a request: its audience has one of them, or the person voted or commented on it.
-- The cost of 1 keeps plans as they are where everybody sees every request, because the function is not called there.
create or replace function sees_request(p_organization_id uuid, p_request_id uuid, p_keys uuid[]) returns boolean
language plpgsql stable parallel safe cost 1 security definer set search_path = public
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
  return exists (select from request_search s
      where s.organization_id = p_organization_id and s.id = p_request_id and s.audience && p_keys)
    or exists (select from votes v
      where v.organization_id = p_organization_id and v.request_id = p_request_id and v.person_id = any (p_keys))
    or exists (select from comments c
      where c.organization_id = p_organization_id and c.request_id = p_request_id and c.person_id = any (p_keys));
end $$;
alter function sees_request(uuid, uuid, uuid[]) owner to sayso_system;
revoke all on function sees_request(uuid, uuid, uuid[]) from public;
grant execute on function sees_request(uuid, uuid, uuid[]) to sayso_app;
