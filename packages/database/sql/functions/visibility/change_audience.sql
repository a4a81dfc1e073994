-- Computes a request's audience again. p_kept: former approvers who still see the request because they delegated it.
create or replace function change_audience(p_organization_id uuid, p_request_id uuid, p_kept uuid[]) returns void
language sql security definer set search_path = public set enable_seqscan = off as $$
  update request_search s set audience = array(select unnest(audience_of(s.organization_id, s.id)) union select unnest(p_kept))
  where s.organization_id = p_organization_id and s.id = p_request_id
$$;
alter function change_audience(uuid, uuid, uuid[]) owner to sayso_system;
revoke all on function change_audience(uuid, uuid, uuid[]) from public;
grant execute on function change_audience(uuid, uuid, uuid[]) to sayso_app;
