-- Says whether everybody in the current organization sees every request.
create or replace function requests_are_open() returns boolean
language sql stable
as $$ select request_visibility = 'everyone' from organizations where id = current_organization_id() $$;
