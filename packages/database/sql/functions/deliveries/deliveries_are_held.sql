-- Says whether sending is on hold.
create or replace function deliveries_are_held() returns boolean
language sql stable
as $$ select exists (select from delivery_hold) $$;
