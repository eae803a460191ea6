-- Wakes the work on alerts of all gateways; the payload names it (alerts/create-alerts.ts).
create function notify_alert_work() returns trigger language plpgsql as $$
begin
  perform pg_notify('skyscan_alerts', tg_argv[0]);
  return null;
end $$;

create trigger alert_comparison after insert or update of status on comparisons
  for each row when (new.status in ('done', 'failed')) execute function notify_alert_work('evaluate');
-- Later sessions waited for it.
create trigger alert_comparison_deleted after delete on comparisons
  for each statement execute function notify_alert_work('evaluate');

create trigger alert_delivery after insert or update of next_attempt_at on alert_deliveries
  for each statement execute function notify_alert_work('deliver');
create trigger alert_channel after update of request, secrets, retry_at on alert_channels
  for each statement execute function notify_alert_work('deliver');

create trigger alert_change after insert or update on alerts
  for each row when (new.revision <> new.published_revision) execute function notify_alert_work('publish');
create trigger alert_deleted after delete on alerts for each statement execute function notify_alert_work('publish');

create trigger alert_session_end after update of status on sessions
  for each row when (new.status <> old.status and new.status in ('completed', 'cancelled'))
  execute function notify_alert_work('schedules');
create trigger alert_run after insert or update of status on schedule_runs
  for each statement execute function notify_alert_work('schedules');
create trigger alert_rule after insert or update or delete on alert_rules
  for each statement execute function notify_alert_work('schedules');
create trigger alert_schedule after update of request, is_paused or delete on schedules
  for each statement execute function notify_alert_work('schedules');
create trigger alert_baseline after insert or delete on baselines
  for each statement execute function notify_alert_work('schedules');
