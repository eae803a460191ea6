import { expect, test } from 'vitest';
import { findProgram } from '../support/peers.ts';
import { runRounds } from './runner.ts';

// FAULT_SEED and FAULT_ROUNDS select other rounds; `npm run test:faults` has more options.
const seed = Number(process.env['FAULT_SEED'] ?? 20);
const rounds = Number(process.env['FAULT_ROUNDS'] ?? 4);

test(`${rounds} rounds of faults with seed ${seed}: no point lost, duplicated or misplaced, no illegal move or status`, async () => {
  const brokers = findProgram('mosquitto') ? (['aedes', 'mosquitto'] as const) : (['aedes'] as const);
  const print = (line: string) => process.stdout.write(`${line}\n`);
  const sums = await runRounds({ seed, rounds, from: 1, brokers: [...brokers], print });
  expect(sums).toEqual({ lost: 0, duplicated: 0, illegalMoves: 0, illegalTransitions: 0, misplaced: 0 });
}, 900_000);
