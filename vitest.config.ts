import { defineConfig } from 'vitest/config';

// Sources run as they are: `#shared/*` and `#proto/*` resolve to TypeScript. Tests that start whole
// services use dist, which `npm test` builds first.
const source = {
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'], externalConditions: ['source'] } },
};
const patient = { testTimeout: 60_000, hookTimeout: 60_000 };
// These leave nothing behind in their process: the files that a worker takes share it, and what
// they import is loaded once.
const shared = { isolate: false };
// Most files wait for processes of their own most of the time: more of them than cores. One after
// the other in three groups: what is small, what starts whole systems, and what holds a limit of
// time, which has the machine for itself.
const TIMED = '**/*.timed.test.ts';
const small = { exclude: [TIMED], maxWorkers: 4, sequence: { groupOrder: 0 } };
const whole = {
  exclude: [TIMED],
  maxWorkers: 3,
  sequence: { groupOrder: 1 },
  testTimeout: 180_000,
  hookTimeout: 120_000,
};

export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line.ts'],
    globalSetup: ['test/support/global-postgres.ts'],
    projects: [
      {
        ...source,
        test: {
          ...small,
          ...shared,
          name: 'unit',
          include: ['services/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        ...source,
        test: { ...small, ...shared, ...patient, name: 'contract', include: ['test/contract/**/*.test.ts'] },
      },
      {
        ...source,
        test: {
          ...small,
          ...shared,
          ...patient,
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
        },
      },
      { ...source, test: { ...whole, name: 'faults', include: ['test/faults/**/*.test.ts'] } },
      { ...source, test: { ...whole, name: 'e2e', include: ['test/e2e/**/*.test.ts'] } },
      { ...source, test: { ...whole, name: 'browser', include: ['test/browser/**/*.test.ts'] } },
      {
        ...source,
        test: {
          ...whole,
          name: 'timed',
          include: [TIMED],
          exclude: [],
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
      {
        ...source,
        test: {
          name: 'hardware',
          include: ['test/hardware/**/*.test.ts'],
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
