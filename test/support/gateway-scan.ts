import { expect } from 'vitest';
import { toDataPoint } from '#contract/mqtt-messages';
import { measurementOf } from '#contract/point-record';
import type { SessionStatus } from '#contract/session-status';
import type { Gateway, GatewayWorld } from './gateway-harness.ts';
import { until } from './until.ts';

/** A session as published. */
export interface Session {
  id: number;
  status: SessionStatus;
  completed_points: number;
  total_points: number;
  notes: string | null;
}

/** A session of a fake orchestrator, with helpers. */
export interface TestScan {
  id: number;
  rotorId: number;
  session(gateway?: Gateway): Promise<Session>;
  /** Changes the status and publishes it unless `silently`. */
  setStatus(
    status: Parameters<GatewayWorld['orchestrator']['setStatus']>[1],
    silently?: 'silently',
  ): Promise<void>;
  /** Measures and publishes `count` points, with a level of their own in dBm. */
  measure(count: number, level?: number): Promise<void>;
  /** Waits until REST reports `count` points. */
  untilStored(count: number, gateway?: Gateway): Promise<void>;
  untilStatus(status: string, gateway?: Gateway): Promise<void>;
  /** The seqs of the stored points. */
  seqs(gateway?: Gateway): Promise<number[]>;
}

let rotors = 0;

export async function startTestScan(
  world: GatewayWorld,
  shape = { rows: 1, columns: 10 },
  rotorId?: number,
  /** More fields of the start request. */
  more: object = {},
): Promise<TestScan> {
  const { gateway, orchestrator, publish } = world;
  const rotor = rotorId ?? (await addRotor(world));
  const answer = await gateway.post('/api/skyscan/start', {
    rotor_id: rotor,
    az_start: 0,
    az_end: shape.columns - 1,
    el_start: 10,
    el_end: 10 + shape.rows - 1,
    step_deg: 1,
    rssi_iterations: 1,
    ...more,
  });
  expect(answer.status).toBe(201);
  const { id } = answer.body as Session;
  const session = async (of = gateway) => (await of.get(`/api/skyscan/${id}`)).body as Session;
  return {
    id,
    rotorId: rotor,
    session,
    async setStatus(status, silently) {
      const message = orchestrator.setStatus(id, status);
      if (!silently) await publish(`skyscan/sessions/${id}/status`, message, true);
    },
    async measure(count, level) {
      for (let i = 0; i < count; i++) {
        const message = orchestrator.measure(id);
        const point = orchestrator.sessions.get(id)?.journal.at(-1);
        if (point && level !== undefined) {
          Object.assign(point, { meanDbm: level, minDbm: level, maxDbm: level, lastDbm: level });
          const measurement = measurementOf(point);
          Object.assign(message, { measurement, point: toDataPoint(measurement) });
        }
        await publish(`skyscan/sessions/${id}/points`, message);
      }
    },
    untilStored: async (count, of) => {
      await until(`${count} points are stored`, async () => (await session(of)).completed_points === count);
    },
    untilStatus: async (status, of) => {
      await until(`session ${id} is ${status}`, async () => (await session(of)).status === status);
    },
    async seqs(of = gateway) {
      const { body } = await of.get(`/api/skyscan/${id}/measurements`);
      return (body as { seq: number }[]).map(({ seq }) => seq);
    },
  };
}

/** Registers a rotor, as soon as the database is migrated; returns its id. */
export async function addRotor({ gateway }: GatewayWorld, name = `scanned ${++rotors}`): Promise<number> {
  const { status, body } = await until('the database takes a rotor', async () => {
    const answer = await gateway.post('/api/rotors', { name });
    return answer.status === 503 ? undefined : answer;
  });
  expect(status).toBe(201);
  return (body as { id: number }).id;
}

/** Number of points that a gateway has stored since its start. */
export async function pointsStoredBy(gateway: Gateway): Promise<number> {
  const { text } = await gateway.get('/metrics');
  return Number(/^skyscan_points_stored_total (\d+)$/m.exec(text)?.[1]);
}

/** 1, 2, ... count */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
