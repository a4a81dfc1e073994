-- Whom requests are visible to that were there before 0033. Apart from it, and without those that are pending: requests can
-- be made and decided meanwhile.
set local role sayso_system;
update request_search s set audience = audience_of(s.id) where s.audience is null and s.status <> 'pending';
reset role;
