-- The number of requests, counted from the first, whose metadata fits into p_bytes together; at least 1.
create or replace function count_fitting(p_organization_id uuid, p_ids uuid[], p_bytes bigint) returns bigint
language sql stable as $$
  select greatest(1, count(*) filter (where total <= p_bytes))
  from (select sum(bytes) over (order by place) as total from metadata_lengths(p_organization_id, p_ids)) m
$$;
