-- Returns those people on whose right to approve these items count, and who have it no more: the voters, and the authors
-- of automatic approvals (relies_on). Shares each person's lock until the transaction ends, so that nobody loses the right
-- between this check and the commit. Call it before any request's row is locked.
create or replace function lock_voters(p_organization_id uuid, p_items json) returns uuid[]
language plpgsql volatile set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  v_people uuid[] := array(
    select distinct person from json_to_recordset(p_items) as x (votes json, relies_on json)
    cross join lateral (
      select v.person_id as person from json_to_recordset(x.votes) as v (person_id uuid)
      union all
      select p::uuid from json_array_elements_text(x.relies_on) p
    ) people order by person);
begin
  perform pg_advisory_xact_lock_shared(voter_lock(p_organization_id, person)) from unnest(v_people) person;
  -- A separate statement, so that its snapshot is younger than the locks.
  return array(
    select person from unnest(v_people) person
    where not exists (
      select from memberships m where m.organization_id = p_organization_id and m.person_id = person and m.can_approve
        and exists (select from people p where p.id = person and p.disabled_at is null)));
end $$;
