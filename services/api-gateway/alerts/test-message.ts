import type { Alert } from '#contract/rest/alerts';
import { messageOf } from '../domain/alerts/message.ts';
import type { ChannelRow } from '../store/alerts/channels.ts';
import type { Outgoing } from './outgoing.ts';

/** An invented alert, with a value for every placeholder. */
export function testOutgoing(
  { request }: ChannelRow,
  { eventId, baseUrl, nowMs }: { eventId: string; baseUrl: string; nowMs: () => number },
): Outgoing {
  const at = new Date(nowMs()).toISOString();
  const alert: Alert = {
    id: 0,
    rule_id: 0,
    schedule_id: null,
    kind: 'new',
    status: 'open',
    title: 'New source at 118.2°, 12.5°, 868.3 MHz',
    reason: null,
    azimuth: 118.2,
    elevation: 12.5,
    z: 9.1,
    change_db: 3.2,
    channels: [{ from_hz: 868.2e6, to_hz: 868.4e6 }],
    source: null,
    session_id: null,
    baseline_id: null,
    anomaly_id: null,
    catalogue_id: null,
    sessions_seen: 2,
    raised_at: at,
    last_seen_at: at,
    acknowledged_at: null,
    note: null,
    silent_until: null,
    cleared_at: null,
  };
  const message = messageOf({ event: 'test', alert, schedule: null, baseUrl, templates: request });
  return { event_id: eventId, event: 'test', ...message, alert };
}
