-- The words of a request that searches look for.
create or replace function request_words(p_title text, p_description text) returns tsvector
language sql immutable parallel safe
as $$ select setweight(to_tsvector('english', p_title), 'A') || setweight(to_tsvector('english', p_description), 'B') $$;
