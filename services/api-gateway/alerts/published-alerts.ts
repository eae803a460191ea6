import type { AlertChannel, AlertDelivery } from '#contract/rest/alert-channels';
import type { Alert, AlertEvent, AlertRule } from '#contract/rest/alerts';
import { roundedTo } from '../domain/rounding.ts';
import type { AlertEventRow, AlertRow } from '../store/alerts/alerts.ts';
import type { ChannelRow } from '../store/alerts/channels.ts';
import type { DeliveryRow } from '../store/alerts/deliveries.ts';
import type { RuleRow } from '../store/alerts/rules.ts';

const rounded = (value: number | null, digits: number) => (value === null ? null : roundedTo(value, digits));
const time = (at: Date | null) => at?.toISOString() ?? null;

export function publishedAlert(row: AlertRow): Alert {
  return {
    id: row.id,
    rule_id: row.rule_id,
    schedule_id: row.schedule_id,
    kind: row.kind,
    status: row.status,
    title: row.title,
    reason: row.reason,
    azimuth: rounded(row.azimuth_deg, 4),
    elevation: rounded(row.elevation_deg, 4),
    z: rounded(row.z, 2),
    change_db: rounded(row.change_db, 2),
    channels: row.channels.map(({ from_hz, to_hz }) => ({ from_hz, to_hz })),
    source: row.source,
    session_id: row.session_id,
    baseline_id: row.baseline_id,
    anomaly_id: row.anomaly_id,
    catalogue_id: row.catalogue_id,
    sessions_seen: row.sessions_seen,
    raised_at: row.raised_at.toISOString(),
    last_seen_at: row.last_seen_at.toISOString(),
    acknowledged_at: time(row.acknowledged_at),
    note: row.note,
    silent_until: time(row.silent_until),
    cleared_at: time(row.cleared_at),
  };
}

export function publishedEvent({ at, z, change_db, ...row }: AlertEventRow): AlertEvent {
  return { ...row, at: at.toISOString(), z: rounded(z, 2), change_db: rounded(change_db, 2) };
}

export function publishedRule({ id, request, created_at }: RuleRow): AlertRule {
  return { id, ...request, created_at: created_at.toISOString() };
}

/** Without its secrets: only whether it has them. */
export function publishedChannel(row: ChannelRow): AlertChannel {
  const { id, request, secrets, problem } = row;
  const common = {
    id,
    created_at: row.created_at.toISOString(),
    failing_since: time(row.failing_since),
    problem,
  };
  switch (request.kind) {
    case 'webhook':
      return { ...common, ...request, has_secret: Boolean(secrets.secret) };
    case 'ntfy':
      return { ...common, ...request, has_token: Boolean(secrets.token) };
    case 'mail':
      return { ...common, ...request, has_smtp_url: Boolean(secrets.smtp_url) };
    case 'mqtt':
      return { ...common, ...request };
  }
}

export function publishedDelivery(row: DeliveryRow): AlertDelivery {
  const { id, event_id, channel_id, alert_id, session_id, event, status, attempts, problem } = row;
  return {
    id,
    event_id,
    channel_id,
    alert_id,
    session_id,
    event,
    status,
    attempts,
    problem,
    created_at: row.created_at.toISOString(),
    next_attempt_at: status === 'waiting' ? row.next_attempt_at.toISOString() : null,
    ended_at: time(row.ended_at),
  };
}
