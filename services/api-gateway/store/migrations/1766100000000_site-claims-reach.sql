-- When the orchestrator of the site last answered the gateway that works for it. A gateway that it answers takes the claim of one that it has
-- not answered for 10 s.
alter table site_claims add column reached_at timestamptz not null default clock_timestamp();
