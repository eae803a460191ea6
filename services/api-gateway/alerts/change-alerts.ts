import type { AlertEventName } from '#contract/notifications';
import { changeAlert, insertEvent, type AlertRow } from '../store/alerts/alerts.ts';
import { queueDeliveries } from '../store/alerts/deliveries.ts';
import type { Queryable } from '../store/queryable.ts';
import type { RuleRow } from '../store/alerts/rules.ts';
import { publishedAlert } from './published-alerts.ts';

/** Clears an alert. */
export async function clearAlert(
  tx: Queryable,
  alert: Pick<AlertRow, 'id'>,
  { reason, at, sessionId }: { reason: string; at: Date; sessionId?: number },
): Promise<AlertRow> {
  const row = await changeAlert(tx, alert.id, { status: 'cleared', cleared_at: at });
  await insertEvent(tx, alert.id, {
    event: 'cleared',
    at,
    note: reason,
    ...(sessionId !== undefined && { session_id: sessionId }),
  });
  return row;
}

/** Sends an alert to the channels of its rule. */
export function send(tx: Queryable, event: AlertEventName, alert: AlertRow, rule: RuleRow): Promise<void> {
  return queueDeliveries(tx, event, publishedAlert(alert), rule.request.channel_ids);
}
