-- Says whether the organization's emergency stop is on. Creating and voting share the stop's lock; switching it on
-- holds the lock alone. So when the stop has committed, no transaction that missed it can commit.
create or replace function emergency_stop_is_active(p_organization_id uuid) returns boolean
language plpgsql volatile set plan_cache_mode = force_generic_plan as $$
begin
  perform pg_advisory_xact_lock_shared(emergency_stop_lock(p_organization_id));
  -- A separate statement, so that its snapshot is younger than the lock.
  return (select emergency_stop_at is not null from organizations where id = p_organization_id);
end $$;
