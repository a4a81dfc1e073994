-- Reads requests as read_requests does, for lists, within the organization's transaction. Metadata longer than p_small
-- is left out from the request on at which such metadata comes to more than p_bytes together. HTML is never read;
-- has_context says that there is some.
create or replace function read_listed_requests(p_organization_id uuid, p_ids uuid[], p_bytes bigint, p_small bigint)
returns table (
  place bigint, request requests, is_metadata_left_out boolean, has_context boolean, connection_name text, created_by_name text,
  decided_by_name text, decided_via_connection_name text, callback_delivered boolean, decision_reason text)
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off
set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_left_out uuid[] := array(
    select m.id from (
      select l.id, l.bytes, sum(l.bytes) filter (where l.bytes > p_small) over (order by l.place) as total
      from metadata_lengths(p_organization_id, p_ids) l) m
    where m.bytes > p_small and m.total > p_bytes);
begin
  return query
  select wanted.place, r.request, r.id = any (v_left_out), r.has_context, c.name, creator.name, decider.name, via.name,
    coalesce(d.is_delivered, false), ending.reason
  from unnest(p_ids) with ordinality as wanted (id, place)
  cross join lateral (
    select case when q.id = any (v_left_out) or q.context_html is not null
        -- Here, because a materialised row is unpacked.
        then jsonb_populate_record(q, case when q.id = any (v_left_out)
          then '{"metadata": null, "context_html": null}'::jsonb else '{"context_html": null}'::jsonb end)
        else q end as request,
      q.context_html is not null as has_context, q.organization_id, q.id, q.status, q.connection_id, q.created_by, q.decided_by, q.decided_via_connection_id
    from requests q where q.organization_id = p_organization_id and q.id = wanted.id limit 1) r
  left join lateral (select x.name from connections x where x.organization_id = r.organization_id and x.id = r.connection_id limit 1) c on true
  left join lateral (select x.name from people x where x.id = r.created_by limit 1) creator on true
  left join lateral (select x.name from people x where x.id = r.decided_by limit 1) decider on true
  left join lateral (select x.name from connections x where x.organization_id = r.organization_id and x.id = r.decided_via_connection_id limit 1) via on true
  left join lateral (
    select x.delivered_at is not null as is_delivered from deliveries x
    where x.organization_id = r.organization_id and x.request_id = r.id and x.subscription_id is null and x.entity_type_id is null limit 1) d on true
  left join lateral (
    select x.data ->> 'reason' as reason from events x
    where r.status <> 'pending' and x.organization_id = r.organization_id and x.request_id = r.id and x.type = 'approval.' || r.status limit 1) ending on true;
end $$;
