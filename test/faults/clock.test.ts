import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { callApi } from '../support/stack-client.ts';
import { describeWithPrograms } from '../support/peers.ts';
import { until } from '../support/until.ts';
import { expectComplete, untilPoints, callApiWhenReady, startScan, TOTAL } from '../support/whole-scan.ts';
import { startWatchedStack, type WatchedStack } from './watched-stack.ts';

// The wall clock jumps; the monotonic clock does not. libfaketime reads the offset from a file, in
// every service and in the simulator.

const DAY_S = 86_400;
const since1970 = () => Math.floor(Date.now() / 1000);

interface Health {
  status: string;
  dependencies: { clock?: string };
}

interface Point {
  seq: number;
  measured_at: string;
}

describeWithPrograms(['faketime'], 'a system clock that', () => {
  let folder: string;
  let watched: WatchedStack | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sky-scan-clock-'));
  });

  afterEach(async () => {
    await watched?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Sets the offset from the true time. */
  function setOffset(seconds: number): void {
    writeFileSync(join(folder, 'offset'), `${seconds >= 0 ? '+' : ''}${seconds}`);
  }

  async function startWithOffset(seconds: number): Promise<WatchedStack> {
    setOffset(seconds);
    // The program is only used to find its library. It fails if a killed one with its process id
    // has left a semaphore.
    const find = () =>
      execFileSync('faketime', ['-m', '-f', '+0', 'printenv', 'LD_PRELOAD']).toString().trim();
    const library = await until('the library of faketime', find);
    watched = await startWatchedStack({
      env: {
        LD_PRELOAD: library,
        FAKETIME_TIMESTAMP_FILE: join(folder, 'offset'),
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
        FAKETIME_CACHE_DURATION: '1',
      },
    });
    return watched;
  }

  test.each([
    ['jumps back by 30 days', 0, -30 * DAY_S],
    ['jumps ahead by an hour', 0, 3_600],
    ['starts in 1970 and is corrected during a scan', DAY_S - since1970(), 0],
  ])(
    '%s: no lease is lost, nothing is measured twice, times stay in order, durations are correct, and fencing tokens still grow',
    async (_, before, after) => {
      const { stack, rotctld, rotorId, returns } = await startWithOffset(before);
      const startedMs = performance.now();
      const id = await startScan(stack, rotorId);
      await untilPoints(stack, id, 10);
      setOffset(after);
      await until('the session notes the clock change', async () => {
        const { notes } = await callApi<{ notes: string | null }>(stack, 'GET', `/api/skyscan/${id}`);
        return /the clock of this computer was set .* (ahead|back) \(/.test(notes ?? '');
      });
      await untilPoints(stack, id, 20);
      await until('/health reports the clock change', async () => {
        const { status, dependencies } = await callApi<Health>(stack, 'GET', '/health');
        return status === 'degraded' && /was set .* (ahead|back), /.test(dependencies.clock ?? '');
      });
      expect((await stack.api('POST', `/api/skyscan/${id}/pause`)).status).toBe(200);
      // Its next fencing token is newer than those before the jump.
      await stack.kill('rotor-driver');
      await stack.kill('scan-orchestrator');
      await callApiWhenReady(stack, 'POST', `/api/skyscan/${id}/resume`);
      const session = await expectComplete(stack, id);
      expect(session.notes ?? '').not.toMatch(/lease|heartbeat|token/);
      expect(returns(0)).toBeLessThanOrEqual(1);
      expect(rotctld.commands.filter(({ target }) => target).length).toBeLessThanOrEqual(TOTAL + 2);

      const points = await callApi<Point[]>(stack, 'GET', `/api/skyscan/${id}/measurements`);
      const clocks = points.map(({ measured_at }) => Date.parse(measured_at));
      const jumps = clocks.slice(1).map((at, i) => at - (clocks[i] ?? 0));
      const [jump = 0, ...others] = jumps.toSorted((a, b) => Math.abs(b) - Math.abs(a));
      // measured_at follows a clock that is set ahead. When the clock is set back it continues from
      // its last value, even after a restart.
      const expectedMs = Math.max(0, after - before) * 1000;
      expect(Math.abs(jump - expectedMs)).toBeLessThan(60_000);
      const longestMs = performance.now() - startedMs;
      expect(others.every((ms) => ms >= 0 && ms <= longestMs)).toBe(true);
      const plan = await callApi<{ elapsed_s: number }>(stack, 'GET', `/api/skyscan/${id}/plan?path=false`);
      expect(plan.elapsed_s).toBeGreaterThan(0.5);
      expect(plan.elapsed_s).toBeLessThan(longestMs / 1000);
    },
  );
});
