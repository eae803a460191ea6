-- Bins whose statistics do not have their sessions any more, or not yet.
alter table baselines add column stale_bins text[] not null default '{}';
-- Increases with every change of its sessions.
alter table baselines add column revision integer not null default 0;
-- A gateway that computes the statistics; only so that not all of them do.
alter table baselines add column claimed_until timestamptz;

-- Counts, pages, and the next session to compare.
create index on baseline_sessions (baseline_id, status, session_id);
create index comparisons_due on comparisons (requested_at, session_id) where status in ('requested', 'running');
create index on comparisons (baseline_id, session_id);
create index on anomalies (catalogue_id);
