import { createRepeatedWork, type RepeatedWork } from '#shared/runtime/repeated-work';
import { MQTT_TOPICS } from '#contract/mqtt-topics';
import { MAX_EVENT_SOURCES, type SiteEventMessage } from '#contract/rotor-state-messages';
import { counted } from '#shared/base/plurals';
import { roundedTo } from '../domain/rounding.ts';
import {
  lockAlertEvents,
  lockNewSources,
  markEventsPublished,
  markSourcesPublished,
  skipOldEvents,
  type NewAlertEvent,
  type NewSource,
} from '../store/home-assistant/events.ts';
import type { Queryable } from '../store/queryable.ts';
import { listSites } from '../store/sites.ts';
import { acknowledged } from '#shared/runtime/acknowledged';
import type { HomeAssistantParts } from './parts.ts';

const INTERVAL_MS = 2_000;
const AT_ONCE = 50;
const NEW_SOURCES_AT_ONCE = 1_000;
/** What happened longer ago, while there was no broker or Home Assistant was off, is no news. */
const MAX_AGE_MS = 3_600_000;

/** Publishes alerts and new sources as events of their sites, at least once each. */
export function createEventPublisher(parts: HomeAssistantParts): Pick<RepeatedWork, 'start' | 'close'> {
  const { db, mqtt, isOwner, logger } = parts;

  async function publish(siteId: number, event: SiteEventMessage): Promise<void> {
    await acknowledged(mqtt.publish(mqtt.topics.siteEvents(siteId), event, MQTT_TOPICS.siteEvents));
  }

  async function publishAlerts(tx: Queryable, siteIds: number[]): Promise<boolean> {
    const events = await lockAlertEvents(tx, siteIds, AT_ONCE);
    for (const event of events) if (event.site_id !== null) await publish(event.site_id, alertEvent(event));
    await markEventsPublished(
      tx,
      events.map(({ id }) => id),
    );
    return events.length === AT_ONCE;
  }

  async function publishSources(tx: Queryable, siteIds: number[]): Promise<boolean> {
    const found = await lockNewSources(tx, siteIds, NEW_SOURCES_AT_ONCE);
    for (const siteId of siteIds) {
      const sources = found.filter(({ site_id }) => site_id === siteId);
      if (sources.length > 0) await publish(siteId, sourcesEvent(sources));
    }
    await markSourcesPublished(
      tx,
      found.map(({ id }) => id),
    );
    return found.length === NEW_SOURCES_AT_ONCE;
  }

  return createRepeatedWork({
    intervalMs: INTERVAL_MS,
    logger,
    failure: 'cannot publish events for Home Assistant now',
    async work(signal) {
      await skipOldEvents(db, new Date(Date.now() - MAX_AGE_MS));
      const siteIds = (await listSites(db)).map(({ id }) => id).filter(isOwner);
      const isUp = () => mqtt.client.connected && !signal.aborted && siteIds.length > 0;
      while (isUp() && (await db.transaction((tx) => publishAlerts(tx, siteIds))));
      while (isUp() && (await db.transaction((tx) => publishSources(tx, siteIds))));
    },
  });
}

function alertEvent(event: NewAlertEvent): SiteEventMessage {
  return {
    event_type: `alert_${event.event}`,
    at: event.at.toISOString(),
    title: event.title,
    alert_id: event.alert_id,
    kind: event.kind,
    session_id: event.session_id,
    azimuth: angle(event.azimuth_deg),
    elevation: angle(event.elevation_deg),
    total: 0,
    sources: [],
  };
}

function sourcesEvent(found: NewSource[]): SiteEventMessage {
  const sources = found.slice(0, MAX_EVENT_SOURCES).map((source) => ({
    catalogue_id: source.id,
    name: source.name,
    azimuth: roundedTo(source.azimuth_deg, 2),
    elevation: roundedTo(source.elevation_deg, 2),
    frequency_hz: centreOf(source.channels[0]),
  }));
  const [first] = found.length === 1 ? sources : [];
  return {
    event_type: 'new_source',
    at: new Date(Math.max(...found.map(({ last_seen }) => last_seen.getTime()))).toISOString(),
    title: counted(found.length, 'new source'),
    alert_id: null,
    kind: null,
    session_id: found.at(-1)?.session_id ?? null,
    azimuth: first?.azimuth ?? null,
    elevation: first?.elevation ?? null,
    total: found.length,
    sources,
  };
}

const angle = (deg: number | null) => (deg === null ? null : roundedTo(deg, 2));

function centreOf(range: { from_hz: number; to_hz: number } | undefined): number | null {
  return range ? Math.round((range.from_hz + range.to_hz) / 2) : null;
}
