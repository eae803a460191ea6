import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { fail, print, wholeNumber } from '../support/command-line.ts';
import { findProgram } from '../support/peers.ts';
import { runRounds } from './runner.ts';
import type { BrokerKind } from './fixture.ts';

// Runs scans with random faults: npm run test:faults -- --seed S --rounds N [--from R] [--broker
// aedes|mosquitto] [--only TEXT]

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    rounds: { type: 'string', default: '12' },
    from: { type: 'string', default: '1' },
    broker: { type: 'string' },
    only: { type: 'string' },
  },
});

const seed = wholeNumber('seed', values.seed, 0, 4_294_967_295);
const rounds = wholeNumber('rounds', values.rounds, 1, 100_000);
const from = wholeNumber('from', values.from, 1, 1_000_000);
print(
  `seed ${seed}, ${rounds} rounds from ${from}; ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`,
);
const sums = await runRounds({ seed, rounds, from, brokers: brokers(), only: values.only, print });
process.exitCode = Object.values(sums).some((sum: number) => sum > 0) ? 1 : 0;

function brokers(): BrokerKind[] {
  if (values.broker === 'aedes' || values.broker === 'mosquitto') return [values.broker];
  if (values.broker !== undefined) fail(`--broker ${values.broker}: aedes or mosquitto`);
  if (findProgram('mosquitto')) return ['aedes', 'mosquitto'];
  print('mosquitto is not installed: all rounds on aedes');
  return ['aedes'];
}
