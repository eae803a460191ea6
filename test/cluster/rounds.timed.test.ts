import { expect, test } from 'vitest';
import { describeUnless } from '../support/peers.ts';
import { missingPackages, whyNoNetwork } from './packages.ts';
import { runClusterRounds } from './runner.ts';

// Alone on the machine, because it starts 30 processes. `npm run test:cluster` has more rounds.

const SEED = 1;

describeUnless(missingPackages(), 'a cluster with two sites', () => {
  test('a round of faults: no point is lost or duplicated, and each rotor obeys its own site only', async (context) => {
    // Packages can be installed anywhere; a container may not allow networks.
    const reason = whyNoNetwork();
    if (reason !== undefined) context.skip(reason);
    const print = (line: string) => process.stdout.write(`${line}\n`);
    const sums = await runClusterRounds({ seed: SEED, rounds: 1, from: 1, print });
    expect(sums).toEqual({
      lost: 0,
      duplicated: 0,
      illegalMoves: 0,
      illegalTransitions: 0,
      misplaced: 0,
      foreignMoves: 0,
    });
  });
});
