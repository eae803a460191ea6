import { cpus } from 'node:os';
import { inspect, parseArgs } from 'node:util';
import { fail, print, wholeNumber } from '../support/command-line.ts';
import { clusterUnavailableReason } from './packages.ts';
import { runClusterRounds } from './runner.ts';

// Runs scans at two sites of a cluster with random faults: npm run test:cluster -- --seed S
// --rounds N [--from R] [--only TEXT]

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    rounds: { type: 'string', default: '5' },
    from: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});

const seed = wholeNumber('seed', values.seed, 0, 4_294_967_295);
const rounds = wholeNumber('rounds', values.rounds, 1, 100_000);
const from = wholeNumber('from', values.from, 1, 1_000_000);
const reason = clusterUnavailableReason();
if (reason !== undefined) fail(reason);
// The network is removed when the process exits.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
print(`seed ${seed}, ${rounds} rounds from ${from}; ${cpus().length} cores, Node ${process.version}`);
try {
  const sums = await runClusterRounds({ seed, rounds, from, only: values.only, print });
  process.exitCode = Object.values(sums).some((sum) => sum > 0) ? 1 : 0;
} catch (error) {
  process.stderr.write(`${inspect(error)}\n`);
  process.exitCode = 1;
}
