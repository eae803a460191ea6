-- When the session was first sent to the orchestrator, which may have it although no answer arrived. Sessions of older
-- versions that wait for their hand-over may have been sent.
alter table sessions add column offered_at timestamptz;
update sessions set offered_at = coalesce(handed_over_at, now()) where status in ('pending', 'running', 'paused');
