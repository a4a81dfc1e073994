-- Says whether an event's type is among these types. `approval.*` stands for its family.
create or replace function event_matches(p_type text, p_types text[]) returns boolean
language sql immutable parallel safe
as $$ select p_type = any (p_types) or event_family(p_type) || '.*' = any (p_types) $$;
