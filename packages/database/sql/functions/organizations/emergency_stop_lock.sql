-- The advisory lock of an organization's emergency stop.
create or replace function emergency_stop_lock(p_organization_id uuid) returns bigint
language sql immutable parallel safe
as $$ select hashtextextended(p_organization_id::text, 7305) $$;
