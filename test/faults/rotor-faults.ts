import { connectAsync } from 'mqtt';
import { progressPct, type StatusMessage } from '#contract/mqtt-messages';
import type { Session } from '#contract/rest/sessions';
import { until } from '../support/until.ts';
import type { Fault, Scene } from './fault.ts';
import { setFaults } from './simulator-faults.ts';

// Longer than the second between two looks at a rotor that rests, and the grace of a connection
// that is made again.
const LOST = { least: 3_000, most: 4_500 };

/** What rotators and their controllers do wrong, and what somebody says in their name. */
export const ROTOR_FAULTS: readonly Fault[] = [
  lostCount('at rest', pauseAndWait),
  lostCount('in a slew', untilMoving(true)),
  lostCount('in a dwell', untilMoving(false)),
  simulatedRotor('readings refused', { refused_readings: 0.3 }, { refused_readings: 0 }),
  simulatedRotor('noisy readbacks', { noise_deg: 0.3 }, { noise_deg: 0 }),
  {
    name: 'forged status',
    lastsMs: { least: 0, most: 0 },
    strike: forgeStatus,
  },
];

/** The revision of every forged status: no session gets so far. */
export const FORGED_REVISION = 900_000_000;

/** The controller restarts, with or without its connection, and is homed after a while. */
function lostCount(when: string, wait: (scene: Scene) => Promise<void>): Fault {
  return {
    name: `count lost ${when}`,
    lastsMs: LOST,
    pauses: true,
    asksForPause: wait === pauseAndWait,
    async strike(scene) {
      await wait(scene);
      await setFaults(scene, { lose_count: true, hang_up: scene.random() < 0.5 });
      scene.miscounted.push({ from: Date.now(), to: Infinity });
    },
    async heal(scene) {
      const homedMs = Date.now();
      await setFaults(scene, { home: true });
      for (const span of scene.miscounted) span.to = Math.min(span.to, homedMs);
    },
  };
}

function simulatedRotor(name: string, on: object, off: object): Fault {
  return {
    name,
    lastsMs: { least: 1_000, most: 4_000 },
    pauses: true,
    strike: (scene) => setFaults(scene, on),
    heal: (scene) => setFaults(scene, off),
  };
}

async function pauseAndWait({ stage, sessionId }: Scene): Promise<void> {
  const { stack } = stage;
  await stack.api('POST', `/api/skyscan/${sessionId}/pause`).catch(() => undefined);
  await until('it is paused', async () => {
    const answer = await stack
      .api<{ status: string }>('GET', `/api/skyscan/${sessionId}`)
      .catch(() => undefined);
    return answer?.body.status !== 'running';
  });
}

function untilMoving(moving: boolean): (scene: Scene) => Promise<void> {
  return async ({ stage, sessionId }) => {
    await until(moving ? 'it moves' : 'it rests', async () => {
      const state = await stage.stack.simulator<{ moving: boolean }>('GET', '/state').catch(() => undefined);
      if (state?.body.moving === moving) return true;
      // A scan that is over or paused by another fault moves nothing any more.
      const now = await stage.stack
        .api<{ status: string }>('GET', `/api/skyscan/${sessionId}`)
        .catch(() => undefined);
      return now?.status === 200 && now.body.status !== 'running';
    });
  };
}

/**
 * Somebody without a key says that the session runs, has ended, and was cancelled, with a revision
 * that beats every other.
 */
async function forgeStatus({ stage, sessionId, random }: Scene): Promise<void> {
  const client = await connectAsync(stage.brokerUrl, { reconnectPeriod: 0, connectTimeout: 2_000 }).catch(
    () => undefined,
  );
  if (!client) return;
  const status =
    (['running', 'completed', 'cancelled', 'paused'] as const)[Math.floor(random() * 4)] ?? 'paused';
  const session = await stage.stack.api<Session>('GET', `/api/skyscan/${sessionId}`).catch(() => undefined);
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
