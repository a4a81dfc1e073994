-- Computes a request's audience again. p_kept: former approvers who go on seeing the request, because they delegated it.
create or replace function change_audience(p_request_id uuid, p_kept uuid[]) returns void
language sql security definer set search_path = public set enable_seqscan = off as $$
  update request_search s set audience = array(select unnest(audience_of(s.id)) union select unnest(p_kept))
  where s.id = p_request_id
$$;
alter function change_audience(uuid, uuid[]) owner to sayso_system;
revoke all on function change_audience(uuid, uuid[]) from public;
grant execute on function change_audience(uuid, uuid[]) to sayso_app;
