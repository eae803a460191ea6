import { connectAsync } from 'mqtt';
import { progressPct, type StatusMessage } from '#contract/mqtt-messages';
import type { Session } from '#contract/rest/sessions';
import { until } from '../support/until.ts';
import type { Fault, FaultContext } from './fault.ts';
import { setFaults } from './simulator-faults.ts';

// Longer than the poll interval at rest (1 s) plus the grace period of a reconnect.
const LOST_COUNT_MS = { min: 3_000, max: 4_500 };

/** Faults of rotators and their controllers, and forged messages. */
export const ROTOR_FAULTS: readonly Fault[] = [
  lostCount('at rest', pauseAndWait),
  lostCount('in a slew', untilMoving(true)),
  lostCount('in a dwell', untilMoving(false)),
  simulatedRotor('readings refused', { refused_readings: 0.3 }, { refused_readings: 0 }),
  simulatedRotor('noisy readbacks', { noise_deg: 0.3 }, { noise_deg: 0 }),
  {
    name: 'forged status',
    lastsMs: { min: 0, max: 0 },
    inject: forgeStatus,
  },
];

/** The revision of every forged status; no session reaches it. */
export const FORGED_REVISION = 900_000_000;

/**
 * The controller loses its count, with or without losing its connection, and is homed after a
 * while.
 */
function lostCount(when: string, wait: (context: FaultContext) => Promise<void>): Fault {
  return {
    name: `count lost ${when}`,
    lastsMs: LOST_COUNT_MS,
    pauses: true,
    asksForPause: wait === pauseAndWait,
    async inject(context) {
      await wait(context);
      await setFaults(context, { lose_count: true, hang_up: context.random() < 0.5 });
      context.lostCountSpans.push({ from: Date.now(), to: Infinity });
    },
    async clear(context) {
      const homedMs = Date.now();
      await setFaults(context, { home: true });
      for (const span of context.lostCountSpans) span.to = Math.min(span.to, homedMs);
    },
  };
}

function simulatedRotor(name: string, on: object, off: object): Fault {
  return {
    name,
    lastsMs: { min: 1_000, max: 4_000 },
    pauses: true,
    inject: (context) => setFaults(context, on),
    clear: (context) => setFaults(context, off),
  };
}

async function pauseAndWait({ fixture, sessionId }: FaultContext): Promise<void> {
  const { stack } = fixture;
  await stack.api('POST', `/api/skyscan/${sessionId}/pause`).catch(() => undefined);
  await until('it is paused', async () => {
    const answer = await stack
      .api<{ status: string }>('GET', `/api/skyscan/${sessionId}`)
      .catch(() => undefined);
    return answer?.body.status !== 'running';
  });
}

function untilMoving(moving: boolean): (context: FaultContext) => Promise<void> {
  return async ({ fixture, sessionId }) => {
    await until(moving ? 'it moves' : 'it rests', async () => {
      const state = await fixture.stack
        .simulator<{ moving: boolean }>('GET', '/state')
        .catch(() => undefined);
      if (state?.body.moving === moving) return true;
      // A scan that has ended or was paused by another fault no longer moves.
      const now = await fixture.stack
        .api<{ status: string }>('GET', `/api/skyscan/${sessionId}`)
        .catch(() => undefined);
      return now?.status === 200 && now.body.status !== 'running';
    });
  };
}

/** An unauthenticated client publishes a random status with a revision above all others. */
async function forgeStatus({ fixture, sessionId, random }: FaultContext): Promise<void> {
  const client = await connectAsync(fixture.brokerUrl, { reconnectPeriod: 0, connectTimeout: 2_000 }).catch(
    () => undefined,
  );
  if (!client) return;
  const status =
    (['running', 'completed', 'cancelled', 'paused'] as const)[Math.floor(random() * 4)] ?? 'paused';
  const session = await fixture.stack.api<Session>('GET', `/api/skyscan/${sessionId}`).catch(() => undefined);
  const total = session?.body.total_points ?? 1;
  const message: StatusMessage = {
    session_id: sessionId,
    status,
    progress_pct: progressPct(1, total),
    completed: 1,
    total,
    point: null,
    revision: FORGED_REVISION,
    notes: 'forged',
    eta: null,
    started_at: new Date().toISOString(),
    finished_at: null,
  };
  try {
    await client.publishAsync(`skyscan/sessions/${sessionId}/status`, JSON.stringify(message), { qos: 1 });
  } finally {
    await client.endAsync(true);
  }
}
