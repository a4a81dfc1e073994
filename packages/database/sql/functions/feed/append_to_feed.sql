-- Gives those of these events that have no place yet the next places of their organization, in the order of their
-- transactions, and within a request by sequence. (When two transactions change one request, the one that began first
-- can have waited for the other. Its event then comes second, whatever its transaction's id.)
create or replace function append_to_feed(
  p_events row_key[], p_by_time boolean, out added integer, out heads json, out has_deliveries boolean)
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  r record;
  v_organization uuid;
  v_position bigint;
  v_hash bytea;
  v_organizations uuid[] := '{}';
  v_positions bigint[] := '{}';
  v_ids uuid[] := '{}';
  v_hashes bytea[] := '{}';
begin
  for r in
    select e.organization_id, e.id, convert_to(entry_text(
      e.id, e.request_id, e.sequence, e.type, e.actor_kind, e.actor_id, e.created_at, e.data), 'UTF8') as entry
    from unnest(p_events) as wanted
    cross join lateral (select * from events where organization_id = wanted.organization_id and id = wanted.id limit 1) e
    where not exists (select from feed f where f.organization_id = e.organization_id and f.event_id = e.id)
    order by e.organization_id,
      max(case when p_by_time then (extract(epoch from e.created_at) * 1000)::bigint
               else e.transaction_id::text::bigint end)
        over (partition by coalesce(e.request_id, e.id) order by e.sequence rows unbounded preceding),
      coalesce(e.request_id, e.id), e.sequence
  loop
    if r.organization_id is distinct from v_organization then
      v_organization := r.organization_id;
      select h.position, h.hash into v_position, v_hash from feed_heads h where h.organization_id = v_organization;
      if not found then
        v_position := 0;
        v_hash := convert_to(v_organization::text, 'UTF8');
      end if;
    end if;
    v_position := v_position + 1;
    v_hash := sha256(v_hash || r.entry);
    v_organizations := v_organizations || r.organization_id;
    v_positions := v_positions || v_position;
    v_ids := v_ids || r.id;
    v_hashes := v_hashes || v_hash;
  end loop;

  added := cardinality(v_ids);
  has_deliveries := false;
  if added = 0 then return; end if;
  insert into feed (organization_id, position, event_id, hash)
  select * from unnest(v_organizations, v_positions, v_ids, v_hashes);
  with newest as (
    insert into feed_heads as h (organization_id, position, hash)
    select distinct on (n.organization_id) n.organization_id, n.position, n.hash
    from unnest(v_organizations, v_positions, v_hashes) as n (organization_id, position, hash)
    order by n.organization_id, n.position desc
    on conflict (organization_id) do update set position = excluded.position, hash = excluded.hash
    returning h.organization_id, h.position
  )
  select json_object_agg(n.organization_id, n.position) into heads from newest n;
  for v_organization in select distinct unnest(v_organizations) loop
    if exists (
      select from subscriptions s
      where s.organization_id = v_organization and s.disabled_at is null and s.deleted_at is null
    ) then
      has_deliveries := deliver_to_subscriptions(v_organization, array(
        select added.id from unnest(v_organizations, v_ids) as added (organization_id, id)
        where added.organization_id = v_organization)) or has_deliveries;
    end if;
  end loop;
end $$;
