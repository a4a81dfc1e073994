-- The creation time of the p_count-th delivery before a place, whether the viewer sees it or not. It limits how far
-- back one search looks for a viewer who sees few deliveries. Null: there are fewer.
create or replace function deliveries_reach_back_to(p_before timestamptz, p_before_id uuid, p_count integer) returns timestamptz
language sql stable security definer set search_path = public
as $$
  select d.created_at from deliveries d
  where d.organization_id = current_organization_id()
    and (p_before is null or (d.created_at, d.id) < (p_before, p_before_id))
  order by d.created_at desc, d.id desc offset p_count - 1 limit 1
$$;
alter function deliveries_reach_back_to(timestamptz, uuid, integer) owner to sayso_system;
revoke all on function deliveries_reach_back_to(timestamptz, uuid, integer) from public;
grant execute on function deliveries_reach_back_to(timestamptz, uuid, integer) to sayso_app;
