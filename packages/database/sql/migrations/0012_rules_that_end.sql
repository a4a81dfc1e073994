-- The time since which the person's rules for automatic approvals count: those written before ended with a right that the
-- person lost, or with a new password. Null: since they became a member.
alter table memberships add column rules_since timestamptz(3);
