import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  RotorDriverDefinition,
  type HoldRequest,
  type HoldResponse,
  type MoveResponse,
} from '#proto/rotor_driver';
import { loadConfig } from '#shared/runtime/env';
import { createGrpcClient, type GrpcClient } from '#shared/runtime/grpc-client';
import { createLifecycle } from '#shared/runtime/lifecycle';
import { createLogger } from '#shared/runtime/logger';
import type { Pointing } from '#shared/sky/pointing';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { rotorConfigToMessage } from '#shared/rotor/rotor-messages';
import { configSchema } from '../../services/rotor-driver/config.ts';
import { start } from '../../services/rotor-driver/service.ts';
import { rotorConfig } from './scan-fakes.ts';
import { PATIENT, PATIENT_ENV } from './patience.ts';

export type DriverClient = GrpcClient<typeof RotorDriverDefinition>;

export interface TestDriver {
  client: DriverClient;
  port: number;
  /** Shuts the service down as SIGTERM does. */
  close(): Promise<void>;
}

/** rotor-driver in this process, on a free port, with its own data folder. */
export async function startTestDriver(env: Record<string, string> = {}): Promise<TestDriver> {
  const folder = await mkdtemp(join(tmpdir(), 'rotor-driver-'));
  const logger = createLogger('rotor-driver', 'silent');
  const lifecycle = createLifecycle(logger);
  // No broker: motion does not need one.
  const variables = {
    ROTOR_DRIVER_PORT: '0',
    DATA_DIR: folder,
    MQTT_URL: 'mqtt://127.0.0.1:1',
    ...PATIENT_ENV,
    ...env,
  };
  const { port } = await start(loadConfig(configSchema, variables), logger, lifecycle);
  const { client, close } = createGrpcClient(RotorDriverDefinition, `127.0.0.1:${port}`, PATIENT);
  return {
    client,
    port,
    async close() {
      await lifecycle.close();
      close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A rotor like Hamlib's dummy: 6 deg/s, no settling. */
export function testRotor(port: number, changes: Partial<RotorConfig> = {}) {
  const axis = { speedDegPerS: 6, accelerationDegPerS2: 1000 };
  const config = rotorConfig({
    name: 'test rotor',
    port,
    toleranceDeg: 1,
    azimuth: axis,
    elevation: axis,
    rssiSource: 'none',
    ...changes,
  });
  return rotorConfigToMessage(config);
}

export interface TestHold {
  token: number;
  /** Resolves with the revocation, or undefined when the hold ended normally. */
  ended: Promise<Extract<HoldResponse['event'], { $case: 'revoked' }>['value'] | undefined>;
  release(): void;
  /** Stops sending heartbeats but keeps the stream open. */
  stopHeartbeats(): void;
  /** Breaks the stream, as a crashed process does. */
  cut(): void;
}

/** Holds a rotor, as the orchestrator does. */
export async function holdRotor(
  client: DriverClient,
  rotor: ReturnType<typeof testRotor>,
  holder = 'a test',
): Promise<TestHold> {
  const stream = new AbortController();
  const ending = new AbortController();
  const silence = new AbortController();
  async function* requests(): AsyncGenerator<HoldRequest> {
    const over = fired(ending.signal);
    const goesOn = () => !ending.signal.aborted;
    yield { action: { $case: 'acquire', value: { rotor, holder } } };
    while (goesOn()) {
      await Promise.race([wait(500), over]);
      if (goesOn() && !silence.signal.aborted) yield { action: { $case: 'heartbeat', value: {} } };
    }
    yield { action: { $case: 'release', value: {} } };
  }
  const events = client.hold(requests(), { signal: stream.signal })[Symbol.asyncIterator]();
  const first = await events.next();
  const granted = first.done ? undefined : first.value.event;
  if (granted?.$case !== 'granted') throw new Error('the rotor was not granted');
  const last = async () => {
    for (;;) {
      const next = await events.next();
      if (next.done) return undefined;
      if (next.value.event?.$case === 'revoked') return next.value.event.value;
    }
  };
  const ended = last();
  ended.catch(() => undefined);
  void ended.finally(() => ending.abort()).catch(() => undefined);
  return {
    token: granted.value.token,
    ended,
    release: () => ending.abort(),
    stopHeartbeats: () => silence.abort(),
    cut: () => stream.abort(),
  };
}

/** Slews; resolves with the settled readback and all progress readbacks. */
export async function slew(client: DriverClient, token: number, target: Pointing, signal?: AbortSignal) {
  const progress: Pointing[] = [];
  for await (const { event } of client.slew({ rotorId: 1, token, target }, { ...(signal && { signal }) })) {
    const pointing = event?.$case === 'progress' ? event.value.pointing : undefined;
    if (pointing) progress.push(pointing);
    if (event?.$case === 'settled') return { readback: event.value.readback?.pointing, progress };
  }
  throw new Error('the slew ended without a readback');
}

export interface TestMove {
  /** The position when the move started. */
  position: MoveResponse['position'];
  /** Resolves on arrival; rejects if the move ended before. */
  ended: Promise<void>;
}

/**
 * Starts a manual move, given as its call, and keeps the call open, as the gateway does. Rejects if
 * the move is refused.
 */
export async function startMove(call: AsyncIterable<MoveResponse>): Promise<TestMove> {
  const messages = call[Symbol.asyncIterator]();
  const first = await messages.next();
  if (first.done) throw new Error('the move ended without a message');
  const untilEnd = async () => {
    while (!(await messages.next()).done);
  };
  const ended = untilEnd();
  ended.catch(() => undefined);
  return { position: first.value.position, ended };
}

export const at = (azimuthDeg: number, elevationDeg = 0): Pointing => ({ azimuthDeg, elevationDeg });

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

function fired(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
