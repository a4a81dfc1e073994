-- A round (sequence_events, 0010) looks up what was under way before transaction by transaction. A plan made while the
-- table of events was young read all of it instead, in each round that came while somebody was writing, and stayed
-- cached: the longer the table grew, the longer the rounds took.
alter function sequence_events(integer) set enable_hashjoin = off;
alter function sequence_events(integer) set enable_mergejoin = off;
alter function sequence_events(integer) set enable_material = off;
