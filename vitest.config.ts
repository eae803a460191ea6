import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

// Sources run as they are: `#shared/*` and `#proto/*` resolve to TypeScript. Tests that start whole
// services use dist, which `npm test` builds first.
const source = {
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'], externalConditions: ['source'] } },
};
// Ends what hangs; no test is meant to take as long, on whatever machine.
const patient = { testTimeout: 120_000, hookTimeout: 120_000 };
const morePatient = { testTimeout: 400_000, hookTimeout: 400_000 };
// These leave nothing behind in their process: the files that a worker takes share it, and what
// they import is loaded once.
const shared = { isolate: false };

// Files that only `npm run test:rest` runs: LONG ones take long by nature, TIMED ones hold a limit
// of time.
const LONG = '**/*.long.test.ts';
const TIMED = '**/*.timed.test.ts';
// These take both cores, or read a position every quarter of a second.
const CLUSTER = 'test/cluster/**/*.timed.test.ts';
const ALONE = [
  'test/faults/**/*.timed.test.ts',
  'test/faults/bounded-backlog.test.ts',
  'test/integration/rotor-driver-lost-count.timed.test.ts',
];

// Groups, one after the other. `npm test` is the first one: its files wait for timers and
// processes most of the time, so twice as many run as there are cores. Vitest takes the projects of
// a group in alphabetical order: the whole systems of e2e begin early, and the many small files of
// unit fill the gaps at the end.
const quick = {
  exclude: [LONG, TIMED],
  maxWorkers: 4,
  sequence: { groupOrder: 0 },
  expect: { poll: { timeout: 60_000 } },
};
const whole = {
  exclude: [TIMED],
  maxWorkers: 3,
  sequence: { groupOrder: 1 },
  ...morePatient,
};
/** Two files at a time: each has a core. */
const timed = { maxWorkers: 2, ...morePatient };
/** One file at a time. */
const alone = { maxWorkers: 1, ...morePatient };

export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line.ts'],
    globalSetup: ['test/support/global-postgres.ts'],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        ...source,
        test: { ...quick, ...shared, ...patient, name: 'unit', include: ['services/**/*.test.ts'] },
      },
      {
        ...source,
        test: { ...quick, ...shared, ...patient, name: 'contract', include: ['test/contract/**/*.test.ts'] },
      },
      {
        ...source,
        test: {
          ...quick,
          ...shared,
          ...patient,
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
        },
      },
      {
        ...source,
        test: { ...quick, ...morePatient, name: 'e2e', include: ['test/e2e/**/*.test.ts'] },
      },
      { ...source, test: { ...whole, name: 'long', include: [`test/${LONG}`] } },
      {
        ...source,
        test: {
          ...whole,
          name: 'faults',
          include: ['test/{faults,cluster}/**/*.test.ts'],
          exclude: [TIMED, ...ALONE],
        },
      },
      { ...source, test: { ...whole, name: 'browser', include: ['test/browser/**/*.test.ts'] } },
      {
        ...source,
        test: {
          ...timed,
          name: 'timed',
          include: [`test/${TIMED}`],
          exclude: [...ALONE, CLUSTER],
          sequence: { groupOrder: 2 },
        },
      },
      {
        ...source,
        test: { ...alone, name: 'alone', include: ALONE, sequence: { groupOrder: 3 } },
      },
      // A round of faults of whole clusters takes more than a minute of both cores: only `npm run
      // test:all` has it, and `npm run test:cluster` has more rounds.
      {
        ...source,
        test: { ...alone, name: 'cluster', include: [CLUSTER], sequence: { groupOrder: 3 } },
      },
      {
        ...source,
        test: {
          ...alone,
          name: 'hardware',
          include: ['test/hardware/**/*.test.ts'],
          sequence: { groupOrder: 4 },
        },
      },
      {
        ...source,
        test: {
          ...alone,
          name: 'containers',
          include: ['test/containers/**/*.test.ts'],
          sequence: { groupOrder: 5 },
        },
      },
    ],
  },
});
