-- The organization of the transaction. Each tenant policy compares rows with it. Unset: no row is visible.
create or replace function current_organization_id() returns uuid
language sql stable parallel safe
as $$ select nullif(current_setting('sayso.organization_id', true), '')::uuid $$;
