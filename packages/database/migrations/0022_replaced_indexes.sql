-- Apart from the files that make the new ones: nobody can read while an index goes.
-- requests_inbox (0016) and requests_ended (0019) have taken their places.
drop index requests_pending;
drop index requests_decided;
