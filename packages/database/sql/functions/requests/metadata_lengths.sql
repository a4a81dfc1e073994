-- The length of each request's metadata as text, in bytes. An uncompressed value's length is known; others are unpacked
-- to measure them and then discarded. For use within the organization's transaction. Unknown and foreign ids are
-- absent.
create or replace function metadata_lengths(p_organization_id uuid, p_ids uuid[])
returns table (place bigint, id uuid, bytes bigint)
language plpgsql stable
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off
as $$
begin
  return query
  select wanted.place, r.id, r.bytes
  from unnest(p_ids) with ordinality as wanted (id, place)
  cross join lateral (
    select q.id, coalesce(case when pg_column_compression(q.metadata) is null then pg_column_size(q.metadata)
                               else octet_length(q.metadata::text) end, 0)::bigint as bytes
    from requests q where q.organization_id = p_organization_id and q.id = wanted.id limit 1) r;
end $$;
