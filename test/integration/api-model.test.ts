import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkAgainstModel } from '../support/api-model.ts';
import { createRunStage, type RunStage } from '../support/api-run.ts';
import { createApiWorld, type ApiWorld } from '../support/api-world.ts';

// Pauses, resumes, cancels, starts, stops and restarts at once, on the real gateway and the real
// orchestrator, against the model of test/support/session-model.ts. API_MODEL_RUNS: how many runs,
// some 150 requests and 2 s each; API_MODEL_SEED: their seed.

const RUNS = Number(process.env['API_MODEL_RUNS'] ?? 20);
const SEED = Number(process.env['API_MODEL_SEED'] ?? Date.now() % 1_000_000_000);
const RUN_TIMEOUT_MS = 60_000;

let world: ApiWorld;
let stage: RunStage;
beforeAll(async () => {
  let pauses = 0;
  // 0, 0, 1, 2, 3 ms in turn: some steps without a timer, most with.
  world = await createApiWorld(() => Math.max(0, (++pauses % 5) - 1));
  stage = await createRunStage(world);
});
afterAll(async () => {
  await stage.close();
  await world.close();
});

test(
  `whatever is asked at once, the API does what its model allows (seed ${SEED})`,
  {
    timeout: RUNS * RUN_TIMEOUT_MS,
  },
  async () => {
    const figures = await checkAgainstModel(stage, { runs: RUNS, seed: SEED, stretch: 1 });
    process.stdout.write(`${figures}\n`);
    expect(figures).toContain(`${RUNS} runs`);
  },
);
