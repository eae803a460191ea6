-- A page of the sessions of one baseline has an index of its own. The planner preferred this one, and read the sessions of all
-- other baselines with it. A hash index has no order: it finds the rows of one session only.
drop index baseline_sessions_session_id_idx;
create index baseline_sessions_of_session on baseline_sessions using hash (session_id);
