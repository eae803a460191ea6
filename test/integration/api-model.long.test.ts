import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkAgainstModel } from '../support/api-model.ts';
import { createModelRunner, type ModelRunner } from '../support/api-run.ts';
import { createApiWorld, type ApiWorld } from '../support/api-world.ts';

// Concurrent pauses, resumes, cancels, starts, stops and restarts on the real gateway and
// orchestrator, checked against the model of test/support/session-model.ts. API_MODEL_RUNS: number
// of runs of about 150 requests and 2 s each; API_MODEL_SEED: their seed.

const RUNS = Number(process.env['API_MODEL_RUNS'] ?? 12);
const SEED = Number(process.env['API_MODEL_SEED'] ?? Date.now() % 1_000_000_000);
const RUN_TIMEOUT_MS = 60_000;

let world: ApiWorld;
let runner: ModelRunner;
beforeAll(async () => {
  let pauses = 0;
  // 0, 0, 1, 2, 3 ms in turn: some steps without a timer, most with one.
  world = await createApiWorld(() => Math.max(0, (++pauses % 5) - 1));
  runner = await createModelRunner(world);
});
afterAll(async () => {
  await runner.close();
  await world.close();
});

test(
  `concurrent requests get only responses that the model allows (seed ${SEED})`,
  {
    timeout: RUNS * RUN_TIMEOUT_MS,
  },
  async () => {
    const figures = await checkAgainstModel(runner, { runs: RUNS, seed: SEED, stretch: 1 });
    process.stdout.write(`${figures}\n`);
    expect(figures).toContain(`${RUNS} runs`);
  },
);
