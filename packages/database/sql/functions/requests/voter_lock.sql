-- The advisory lock of a person's right to approve in an organization. A commit that counts on the right shares it; a
-- transaction that ends the right holds it alone.
create or replace function voter_lock(p_organization_id uuid, p_person_id uuid) returns bigint
language sql immutable parallel safe
as $$ select hashtextextended(p_organization_id::text || p_person_id::text, 7306) $$;
