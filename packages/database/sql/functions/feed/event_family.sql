-- The part of an event's type before the first dot.
create or replace function event_family(p_type text) returns text
language sql immutable parallel safe
as $$ select split_part(p_type, '.', 1) $$;
