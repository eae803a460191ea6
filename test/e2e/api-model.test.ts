import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkAgainstModel } from '../support/api-model.ts';
import { createRunStage, type RunStage } from '../support/api-run.ts';
import { createStackWorld } from '../support/api-stack-world.ts';
import type { ApiWorld } from '../support/api-world.ts';

// The same as test/integration/api-model.test.ts on real processes, with kill -9 for a restart.
// API_MODEL_STACK_RUNS: how many runs, some 10 s each; API_MODEL_SEED: their seed.

const RUNS = Number(process.env['API_MODEL_STACK_RUNS'] ?? 4);
const SEED = Number(process.env['API_MODEL_SEED'] ?? Date.now() % 1_000_000_000);
const RUN_TIMEOUT_MS = 120_000;

let world: ApiWorld;
let stage: RunStage;
beforeAll(async () => {
  world = await createStackWorld();
  stage = await createRunStage(world);
});
afterAll(async () => {
  await stage.close();
  await world.close();
});

test(
  `whatever is asked at once and killed, the API does what its model allows (seed ${SEED})`,
  {
    timeout: RUNS * RUN_TIMEOUT_MS,
  },
  async () => {
    const figures = await checkAgainstModel(stage, { runs: RUNS, seed: SEED, stretch: 6 });
    process.stdout.write(`${figures}\n`);
    expect(figures).toContain(`${RUNS} runs`);
  },
);
