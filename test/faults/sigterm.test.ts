import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isRunning } from '../support/processes.ts';
import { until } from '../support/until.ts';
import { expectWhole, startScan } from '../support/whole-scan.ts';
import {
  bringInto,
  letGoOn,
  ONE_POINT,
  PHASE_GRID,
  PHASE_TOTAL,
  PHASES,
  UNHURRIED,
  UNHURRIED_ROTOR,
  type Scene,
} from './phases.ts';
import { startWatchedStack, type WatchedStack } from './watched-stack.ts';

// SIGTERM in every phase of a scan to each of the four services: the rotor is stopped, the process
// ends in under 5 s with exit code 0, and when it is back the scan goes on to its end with every
// cell once.

const SERVICES = ['api-gateway', 'scan-orchestrator', 'rotor-driver', 'sdr-sampler'] as const;
const MOVERS = ['scan-orchestrator', 'rotor-driver'] as const;
// A service that is held up for longer is killed by whoever has started it (systemd, Docker, the
// launcher).
const LONGEST_MS = 5_000;

let watched: WatchedStack;

beforeAll(async () => {
  watched = await startWatchedStack({ simulator: UNHURRIED }, UNHURRIED_ROTOR);
});

afterAll(async () => {
  await watched.stop();
});

describe('SIGTERM', () => {
  test.each(PHASES)('while %s', async (phase) => {
    const { stack, rotorId } = watched;
    const times: string[] = [];
    const start = (grid: object) => startScan(stack, rotorId, grid);
    // A pending one waits for the one before it.
    const before = phase === 'pending' ? { ...watched, sessionId: await start(ONE_POINT) } : undefined;
    if (before) await bringInto('paused', before);
    // One that nothing holds in its phase may be over before the last service has come back.
    const isHeld = phase === 'pending' || phase === 'paused';
    const grid =
      phase === 'parking' ? { scan: ONE_POINT, points: 1 } : { scan: PHASE_GRID, points: PHASE_TOTAL };
    const held = isHeld ? await start(grid.scan) : undefined;
    // Which ones matter in a phase that has to be begun anew for each: those that move the rotor;
    // all of them before it moves and in mid-slew.
    const services = isHeld || phase === 'acquiring' || phase === 'slewing' ? SERVICES : MOVERS;
    for (const service of services) {
      const sessionId = held ?? (await start(grid.scan));
      const scene = { ...watched, sessionId };
      await bringInto(phase, scene);
      times.push(`${service} ${await terminate(scene, service)} ms`);
      await letGoOn(phase, scene);
      if (!isHeld) await expectWhole(stack, sessionId, grid.points);
    }
    if (before) {
      await letGoOn('paused', before);
      await expectWhole(stack, before.sessionId, 1);
    }
    if (held !== undefined) await expectWhole(stack, held, grid.points);
    process.stderr.write(`SIGTERM while ${phase}: ${times.join(', ')}\n`);
  });
});

/** Sends it and resolves with the milliseconds to its end, when it runs again. */
async function terminate(scene: Scene, service: (typeof SERVICES)[number]): Promise<number> {
  const { stack, pidOf, moving } = scene;
  const pid = pidOf(service);
  const wasMoving = await moving();
  const stopsBefore = stopsOf(scene);
  const since = performance.now();
  process.kill(pid, 'SIGTERM');
  await until(`the end of ${service}`, () => !isRunning(pid));
  const tookMs = Math.round(performance.now() - since);
  expect(tookMs).toBeLessThan(LONGEST_MS);
  if (wasMoving && service === 'rotor-driver') {
    expect(stopsOf(scene)).toBeGreaterThan(stopsBefore);
    expect(await moving()).toBe(false);
  }
  await until('its exit is told', () => stack.remarks.some((text) => text.startsWith(`${service}: ended (`)));
  const exit = stack.remarks.findLast((text) => text.startsWith(`${service}: ended (`));
  expect(exit).toContain('exit code 0');
  await until(`${service} runs again`, () => {
    const now = stack.processes.get(service)?.pid;
    return now !== undefined && now !== pid;
  });
  return tookMs;
}

function stopsOf({ rotctld }: Scene): number {
  return rotctld.commands.filter(({ target }) => target === undefined).length;
}
