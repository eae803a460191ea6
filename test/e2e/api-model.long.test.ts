import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkAgainstModel } from '../support/api-model.ts';
import { createModelRunner, type ModelRunner } from '../support/api-run.ts';
import { createStackWorld } from '../support/api-stack-world.ts';
import type { ApiWorld } from '../support/api-world.ts';

// Like test/integration/api-model.long.test.ts but with real processes and kill -9 as restart.
// API_MODEL_STACK_RUNS: number of runs of about 10 s each; API_MODEL_SEED: their seed.

const RUNS = Number(process.env['API_MODEL_STACK_RUNS'] ?? 3);
const SEED = Number(process.env['API_MODEL_SEED'] ?? Date.now() % 1_000_000_000);
const RUN_TIMEOUT_MS = 120_000;

let world: ApiWorld;
let runner: ModelRunner;
beforeAll(async () => {
  world = await createStackWorld();
  runner = await createModelRunner(world);
});
afterAll(async () => {
  await runner.close();
  await world.close();
});

test(
  `concurrent requests and kill -9 give only responses that the model allows (seed ${SEED})`,
  {
    timeout: RUNS * RUN_TIMEOUT_MS,
  },
  async () => {
    const figures = await checkAgainstModel(runner, { runs: RUNS, seed: SEED, stretch: 6 });
    process.stdout.write(`${figures}\n`);
    expect(figures).toContain(`${RUNS} runs`);
  },
);
