import { defineConfig } from 'vitest/config';

// Sources run as they are: `#shared/*` and `#proto/*` resolve to TypeScript. Tests that start whole services use dist,
// which `npm test` builds first.
const source = {
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'], externalConditions: ['source'] } },
};
const patient = { testTimeout: 60_000, hookTimeout: 60_000 };
// These leave nothing behind in their process: the files that a worker takes share it, and what they import is loaded once.
const shared = { isolate: false };

export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line.ts'],
    globalSetup: ['test/support/global-postgres.ts'],
    projects: [
      {
        ...source,
        test: { name: 'unit', include: ['services/**/*.test.ts'], testTimeout: 20_000, ...shared },
      },
      {
        ...source,
        test: { name: 'contract', include: ['test/contract/**/*.test.ts'], ...patient, ...shared },
      },
      {
        ...source,
        test: { name: 'integration', include: ['test/integration/**/*.test.ts'], ...patient, ...shared },
      },
      {
        ...source,
        test: {
          name: 'hardware',
          include: ['test/hardware/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        ...source,
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
      {
        ...source,
        test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], testTimeout: 180_000, hookTimeout: 120_000 },
      },
      {
        ...source,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
    ],
    // Most files wait for processes of their own most of the time: more of them than cores.
    maxWorkers: 4,
  },
});
