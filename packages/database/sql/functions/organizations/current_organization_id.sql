-- The transaction's organization, with which each tenant policy compares rows. Unset: no row is visible.
create or replace function current_organization_id() returns uuid
language sql stable parallel safe
as $$ select nullif(current_setting('sayso.organization_id', true), '')::uuid $$;
