import { afterEach, describe, expect, test } from 'vitest';
import { findPlan } from '../../services/scan-orchestrator/domain/plan.ts';
import type { PlanJob } from '../../services/scan-orchestrator/engine/planning.ts';
import {
  WorkerPlanner,
  type PlannerLimits,
} from '../../services/scan-orchestrator/planner/worker-planner.ts';
import { obstructedRotor, PUBLISHED } from '../support/obstructed-sky.ts';
import { inlinePlanner } from '../support/scan-fakes.ts';

const open: WorkerPlanner[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((planner) => planner.close()));
});

function create(limits: Partial<PlannerLimits> = {}): WorkerPlanner {
  const planner = new WorkerPlanner({ budgetMs: 60_000, capacity: 4, ...limits });
  open.push(planner);
  return planner;
}

const never = () => new AbortController().signal;
const from = { azimuthDeg: 10, elevationDeg: 70 };

function job(mode: 'step' | 'on_the_fly' = 'on_the_fly', stepDeg = 2): PlanJob {
  const sweeping = mode === 'on_the_fly' ? { reads: 10, readMs: 10 } : undefined;
  const bounds = { ...PUBLISHED, stepDeg };
  return { inputs: { bounds, tunings: 1, readsMs: 100, rotor: obstructedRotor(stepDeg), from, sweeping } };
}

/** A million points: seconds of work. */
function million(): PlanJob {
  const bounds = { ...PUBLISHED, elStartDeg: 40, elEndDeg: 67.7, stepDeg: 0.1 };
  return { inputs: { bounds, tunings: 1, readsMs: 100, rotor: obstructedRotor(0.1), from } };
}

describe('planning in a worker thread', () => {
  test('returns the same plan as planning in this thread, with its derived values', async () => {
    for (const mode of ['step', 'on_the_fly'] as const) {
      const { plan } = await create().plan(job(mode), never());
      const { plan: same } = await inlinePlanner.plan(job(mode), never());
      expect(plan.path.order).toEqual(same.path.order);
      expect(plan.path.setpoint(4_000)).toEqual(same.path.setpoint(4_000));
      expect(plan.expectedSeconds).toBe(same.expectedSeconds);
      expect(plan.detours).toEqual(same.detours);
      const progress = () => ({
        isDone: () => false,
        swept: new Set<number>(),
        whole: new Set<number>(),
        at: from,
      });
      expect(plan.sweeps?.next(progress())).toEqual(same.sweeps?.next(progress()));
      expect(plan.sweeps?.rulesOf(0)).toEqual(same.sweeps?.rulesOf(0));
    }
  });

  test('returns the order of the remaining cells of a session', async () => {
    const done = new Uint8Array(540).fill(255, 0, 500);
    const clear = { ...job('step').inputs, rotor: { ...obstructedRotor(2), keepOut: [], horizon: [] } };
    const left = { inputs: clear, remaining: { at: from, done } };
    const { tour } = await create().plan(left, never());
    expect(tour?.order).toHaveLength(4_320 - 4_000);
    expect(tour).toEqual((await inlinePlanner.plan(left, never())).tour);
  });

  test('reports unreachable cells as planning in this thread does', async () => {
    const low = job();
    low.inputs.bounds = { ...low.inputs.bounds, elStartDeg: -5 };
    await expect(create().plan(low, never())).rejects.toMatchObject({
      kind: 'out_of_range',
      message: expect.stringContaining('elevation -5 deg') as string,
    });
  });

  test('stops when its budget is used up, reports it, and plans the next job', async () => {
    const planner = create({ budgetMs: 1 });
    await expect(planner.plan(million(), never())).rejects.toMatchObject({
      kind: 'out_of_range',
      message: expect.stringMatching(
        /planning \d+ points around 720 horizon points and 32 keep-out sectors takes longer than 0\.001 s/,
      ) as string,
    });
    await expect(create().plan(job('step'), never())).resolves.toBeDefined();
  });

  test('stops when it is cancelled, and plans the next job', async () => {
    const planner = create();
    const cancel = new AbortController();
    const first = planner.plan(million(), cancel.signal);
    const second = planner.plan(job('step'), never());
    cancel.abort(new Error('cancelled'));
    await expect(first).rejects.toThrow('cancelled');
    await expect(second).resolves.toBeDefined();
  });

  test('refuses jobs when the queue is full, and accepts them again afterwards', async () => {
    const planner = create({ capacity: 2 });
    const accepted = [1, 2, 3].map(() => planner.plan(job('step'), never()));
    await expect(planner.plan(job('step'), never())).rejects.toMatchObject({ kind: 'no_room' });
    await Promise.all(accepted);
    await expect(planner.plan(job('step'), never())).resolves.toBeDefined();
  });

  test('does not block the event loop', async () => {
    // A ratio within one run: the event loop turns hundreds of times while the plan is made.
    const planner = create();
    await planner.plan(job('step'), never());
    let turns = 0;
    const count = () => {
      turns++;
      counting = setImmediate(count);
    };
    let counting = setImmediate(count);
    await planner.plan(job(), never());
    clearImmediate(counting);
    expect(turns).toBeGreaterThan(100);
  });

  test('takes less than 3 s with the maximum number of obstacles, in either mode', () => {
    for (const mode of ['step', 'on_the_fly'] as const) {
      const before = process.cpuUsage();
      findPlan(job(mode).inputs);
      const { user } = process.cpuUsage(before);
      expect(user / 1e6, mode).toBeLessThan(3);
    }
  });
});
