import { MAX_MESSAGE_ALERTS, type AlertListMessage, type AlertMessage } from '#contract/alert-messages';
import { MQTT_TOPICS, type Topics } from '#contract/mqtt-topics';
import type { MqttConnection } from '#shared/runtime/mqtt-client';
import { acknowledged } from '#shared/runtime/acknowledged';
import { linksOf } from '../domain/alerts/message.ts';
import { listActive, type AlertRow } from '../store/alerts/alerts.ts';
import {
  forgetTopics,
  lockUnpublished,
  markAlertsPublished,
  markListPublished,
  publishAllAgain,
  takePublishing,
} from '../store/alerts/publishing.ts';
import type { Database, Queryable } from '../store/queryable.ts';
import { publishedAlert } from './published-alerts.ts';

export interface AlertPublisher {
  db: Database;
  mqtt: Pick<MqttConnection<Topics>, 'client' | 'topics' | 'publish'>;
  /** Address of the dashboard, without a final slash. */
  baseUrl: string;
}

/** Bounds a transaction, which locks the alerts. */
const AT_ONCE = 20;
/** A message of 100 alerts stays below 256 kB. */
const MAX_MESSAGE_CHANNELS = 20;

/** All alerts that are not cleared are published again, for a broker that has lost them. */
export async function publishAlertsAgain({ db }: AlertPublisher): Promise<void> {
  await db.transaction(publishAllAgain);
}

/**
 * Publishes alerts that have changed, in their order, at least once each, and the list of those
 * that are not cleared. Without a broker they stay for a later attempt. One gateway publishes at a
 * time, so that no message of an older state comes last.
 */
export async function publishAlerts(parts: AlertPublisher, signal: AbortSignal): Promise<void> {
  const { db, mqtt } = parts;
  const isUp = () => mqtt.client.connected && !signal.aborted;
  while (isUp() && (await db.transaction((tx) => publishNext(parts, tx))));
}

/** Whether there was anything to publish. */
async function publishNext(parts: AlertPublisher, tx: Queryable): Promise<boolean> {
  const state = await takePublishing(tx);
  if (!state) return false;
  const { mqtt, baseUrl } = parts;
  const { changed, deleted } = await lockUnpublished(tx, AT_ONCE);
  if (changed.length + deleted.length === 0 && state.isListPublished) return false;
  const toMessage = (row: AlertRow): AlertMessage => {
    const alert = publishedAlert(row);
    const channels = alert.channels.slice(0, MAX_MESSAGE_CHANNELS);
    return { ...alert, channels, ...linksOf(alert, baseUrl) };
  };
  const cleared = changed.filter(({ status }) => status === 'cleared').map(({ id }) => id);
  for (const row of changed.filter(({ status }) => status !== 'cleared'))
    await acknowledged(mqtt.publish(mqtt.topics.alert(row.id), toMessage(row), MQTT_TOPICS.alert));
  for (const id of [...cleared, ...deleted])
    // An empty message removes the retained one.
    await acknowledged(mqtt.client.publishAsync(mqtt.topics.alert(id), '', { qos: 1, retain: true }));
  await forgetTopics(tx, [...cleared, ...deleted]);
  const { total, alerts } = await listActive(tx, MAX_MESSAGE_ALERTS);
  const list: AlertListMessage = { total, alerts: alerts.map(toMessage) };
  await acknowledged(mqtt.publish(mqtt.topics.alerts, list, MQTT_TOPICS.alerts));
  await markAlertsPublished(
    tx,
    changed.map(({ id }) => id),
  );
  await markListPublished(tx);
  return true;
}
