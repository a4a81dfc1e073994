-- The title of requests that bring none, beside default_priority and default_description.
alter table connections add column default_title text;
-- How many of the people named in a request must approve where it doesn't say so: one of them, or all.
alter table connections add column approvers_needed text not null default 'one' check (approvers_needed in ('one', 'all'));
