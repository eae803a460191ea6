import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isRunning } from '../support/processes.ts';
import { until } from '../support/until.ts';
import { expectComplete, startScan } from '../support/whole-scan.ts';
import {
  enterPhase,
  leavePhase,
  ONE_POINT,
  PHASE_GRID,
  PHASE_TOTAL,
  PHASES,
  SLOW_SIMULATOR,
  SLOW_ROTOR,
  type PhaseContext,
} from './phases.ts';
import { startWatchedStack, type WatchedStack } from './watched-stack.ts';

// SIGTERM to each of the four services in every phase of a scan: the rotor is stopped, the process
// exits within 5 s with code 0, and after its restart the scan completes with every cell once.

const SERVICES = ['api-gateway', 'scan-orchestrator', 'rotor-driver', 'sdr-sampler'] as const;
const MOVERS = ['scan-orchestrator', 'rotor-driver'] as const;
// systemd, Docker and the launcher kill a service that takes longer.
const MAX_STOP_MS = 5_000;

let watched: WatchedStack;

beforeAll(async () => {
  watched = await startWatchedStack({ simulator: SLOW_SIMULATOR }, SLOW_ROTOR);
});

afterAll(async () => {
  await watched.stop();
});

describe('SIGTERM', () => {
  test.each(PHASES)('while %s', async (phase) => {
    const { stack, rotorId } = watched;
    const times: string[] = [];
    const start = (grid: object) => startScan(stack, rotorId, grid);
    // A pending session waits for the previous one.
    const before = phase === 'pending' ? { ...watched, sessionId: await start(ONE_POINT) } : undefined;
    if (before) await enterPhase('paused', before);
    // Without a hold on its phase, a session may end before the last service has restarted.
    const isHeld = phase === 'pending' || phase === 'paused';
    const grid =
      phase === 'parking' ? { scan: ONE_POINT, points: 1 } : { scan: PHASE_GRID, points: PHASE_TOTAL };
    const held = isHeld ? await start(grid.scan) : undefined;
    // The other phases need a new session for each service, so only services that move the rotor
    // are tested; all services are tested during a slew.
    const services = isHeld || phase === 'slewing' ? SERVICES : MOVERS;
    for (const service of services) {
      const sessionId = held ?? (await start(grid.scan));
      const context = { ...watched, sessionId };
      await enterPhase(phase, context);
      times.push(`${service} ${await terminate(context, service)} ms`);
      await leavePhase(phase, context);
      if (!isHeld) await expectComplete(stack, sessionId, grid.points);
    }
    if (before) {
      await leavePhase('paused', before);
      await expectComplete(stack, before.sessionId, 1);
    }
    if (held !== undefined) await expectComplete(stack, held, grid.points);
    process.stderr.write(`SIGTERM while ${phase}: ${times.join(', ')}\n`);
  });
});

/** Sends SIGTERM; resolves with the time to the exit, milliseconds, once the service runs again. */
async function terminate(context: PhaseContext, service: (typeof SERVICES)[number]): Promise<number> {
  const { stack, pidOf, moving } = context;
  const pid = pidOf(service);
  const wasMoving = await moving();
  const stopsBefore = countStops(context);
  const since = performance.now();
  process.kill(pid, 'SIGTERM');
  await until(`the end of ${service}`, () => !isRunning(pid));
  const tookMs = Math.round(performance.now() - since);
  expect(tookMs).toBeLessThan(MAX_STOP_MS);
  if (wasMoving && service === 'rotor-driver') {
    expect(countStops(context)).toBeGreaterThan(stopsBefore);
    expect(await moving()).toBe(false);
  }
  await until('its exit is reported', () =>
    stack.remarks.some((text) => text.startsWith(`${service}: exited (`)),
  );
  const exit = stack.remarks.findLast((text) => text.startsWith(`${service}: exited (`));
  expect(exit).toContain('exit code 0');
  await until(`${service} runs again`, () => {
    const now = stack.processes.get(service)?.pid;
    return now !== undefined && now !== pid;
  });
  return tookMs;
}

function countStops({ rotctld }: PhaseContext): number {
  return rotctld.commands.filter(({ target }) => target === undefined).length;
}
