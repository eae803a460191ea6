import { createRepeatedWork, type RepeatedWork } from '#shared/runtime/repeated-work';
import { mapStep } from './state.ts';
import type { Painter } from '../drawing/painter.ts';
import { sessionFigure, unitOfLevels } from '../drawing/session-map.ts';
import { readLevels } from '../store/levels.ts';
import { listRotorScans, type RotorScanRow } from '../store/home-assistant/rotor-scans.ts';
import { listRotors } from '../store/rotors.ts';
import { findSession, type SessionRow } from '../store/sessions.ts';
import { acknowledged } from '#shared/runtime/acknowledged';
import type { HomeAssistantParts } from './parts.ts';

const INTERVAL_MS = 10_000;
/** The embedded broker refuses messages above 256 kB. */
const MAX_BYTES = 240 * 1024;
/** Widths to try, pixels. */
const SIZES = [512, 384, 256, 128];

/** Publishes the map of the scan of each rotor at every 5 % and at its end. */
export function createMapPublisher(
  parts: HomeAssistantParts,
  painter: Pick<Painter, 'draw'>,
): RepeatedWork & { connected(): void } {
  const { db, mqtt, isOwner, logger } = parts;
  /** The step of the published map of each rotor. */
  let published = new Map<number, string>();

  const work = createRepeatedWork({
    intervalMs: INTERVAL_MS,
    logger,
    failure: 'cannot publish maps for Home Assistant now',
    work: publishDue,
  });

  async function publishDue(signal: AbortSignal): Promise<void> {
    if (!mqtt.client.connected) return;
    const steps = published;
    const rotors = (await listRotors(db)).filter(({ site_id }) => isOwner(site_id)).map(({ id }) => id);
    for (const id of steps.keys()) if (!rotors.includes(id)) steps.delete(id);
    const failures: unknown[] = [];
    for (const scan of await listRotorScans(db, rotors)) {
      const step = mapStep(scan);
      if (step === undefined || steps.get(scan.rotor_id) === step) continue;
      try {
        await drawAndPublish(scan, signal);
        steps.set(scan.rotor_id, step);
      } catch (error) {
        // The map of one rotor must not delay those of others.
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  async function drawAndPublish(scan: RotorScanRow, signal: AbortSignal): Promise<void> {
    const session = await findSession(db, scan.session_id);
    // Of a grid of offsets from a source there is no map of directions.
    const png = session && !session.frame && (await drawMap(session, signal));
    if (png) await publishMap(scan.rotor_id, png);
  }

  async function publishMap(rotorId: number, png: Uint8Array): Promise<void> {
    if (!mqtt.client.connected) throw new Error('not connected to the MQTT broker');
    const topic = mqtt.topics.rotorMap(rotorId);
    await acknowledged(mqtt.client.publishAsync(topic, Buffer.from(png), { qos: 1, retain: true }));
  }

  /** The largest map that a message holds; undefined: none is small enough. */
  async function drawMap(session: SessionRow, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const unit = await unitOfLevels(db, session);
    for (const sizePx of SIZES) {
      const drawing = {
        projection: 'polar',
        fit: false,
        theme: 'light',
        palette: 'viridis',
        range: {},
        references: undefined,
        sizePx,
        unit,
        ...sessionFigure(session, false, undefined),
      } as const;
      const png = await painter.draw(drawing, () => readLevels(db, session, false), signal);
      if (png.length <= MAX_BYTES) return png;
    }
    logger.warn({ session: session.id }, `the map has more than ${MAX_BYTES} bytes; not published`);
    return undefined;
  }

  return {
    ...work,
    // The broker may have lost everything.
    connected() {
      published = new Map();
      work.wake();
    },
  };
}
