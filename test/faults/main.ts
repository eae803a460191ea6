import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { fastRotor, must } from '../support/observer.ts';
import { findProgram } from '../support/peers.ts';
import { CATALOGUE } from './catalogue.ts';
import { playRound, type RoundResult } from './round.ts';
import { planRound } from './schedule.ts';
import { createStage, type BrokerKind } from './stage.ts';
import { watchBroker } from './witnesses.ts';

// Scans while things go wrong: npm run test:faults -- --seed S --rounds N [--from R] [--broker aedes|mosquitto] [--only TEXT]

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
const catalogue = CATALOGUE.filter(({ name }) => !values.only || name.includes(values.only));
if (catalogue.length === 0) fail(`--only ${values.only}: no fault is called so`);

const sums = { lost: 0, duplicated: 0, illegalMoves: 0, illegalTransitions: 0 };
const recoveries: number[] = [];
const stops: number[] = [];

say(
  `seed ${seed}, ${rounds} rounds from ${from}; ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`,
);
const kinds = brokers();
for (const [index, kind] of kinds.entries()) {
  const share = rounds / kinds.length;
  await playOn(kind, from + Math.round(index * share), from + Math.round((index + 1) * share) - 1);
}
if (recoveries.length > 0)
  say(
    `recovery to the next stored point: median ${seconds(median(recoveries))}, longest ${seconds(Math.max(...recoveries))}`,
  );
if (stops.length > 0) say(`commander gone to stop: longest ${seconds(Math.max(...stops))}`);
say(
  `${rounds} rounds, ${sums.lost} lost, ${sums.duplicated} duplicated, ${sums.illegalMoves} illegal moves, ${sums.illegalTransitions} illegal transitions`,
);
process.exitCode = Object.values(sums).some((sum) => sum > 0) ? 1 : 0;

async function playOn(kind: BrokerKind, first: number, last: number): Promise<void> {
  if (last < first) return;
  const stage = await createStage(kind, {
    FAULT_BUDGET_S: '4',
    ROTCTLD_TIMEOUT_MS: '1000',
    SUSPEND_SETTLE_S: '1',
  });
  const broker = await watchBroker(stage.brokerUrl);
  try {
    const rotor = fastRotor(stage.stack, { port: stage.links.rotctld.port, min_elevation: 0 });
    const { id } = await must<{ id: number }>(stage.stack, 'POST', '/api/rotors', rotor);
    const limits = { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 0, elMaxDeg: 90 };
    for (let round = first; round <= last; round++) {
      const plan = planRound(seed, round, catalogue);
      report(kind, round, await playRound({ stage, broker, rotorId: id, limits }, plan));
    }
  } finally {
    await broker.close();
    await stage.stop();
  }
}

function report(kind: BrokerKind, round: number, result: RoundResult): void {
  const { verdict, recoveryMs, stoppedAfterMs } = result;
  let good = true;
  for (const key of Object.keys(sums) as (keyof typeof sums)[]) {
    sums[key] += verdict[key].length;
    if (verdict[key].length > 0) good = false;
  }
  if (recoveryMs !== undefined) recoveries.push(recoveryMs);
  if (stoppedAfterMs !== undefined) stops.push(stoppedAfterMs);
  const columns = [
    String(round).padStart(4),
    kind.padEnd(9),
    good ? 'good' : 'BAD ',
    seconds(result.durationMs).padStart(7),
    `again ${result.again}`,
    recoveryMs === undefined ? '' : `next point after ${seconds(recoveryMs)}`,
    stoppedAfterMs === undefined ? '' : `stop after ${seconds(stoppedAfterMs)}`,
    result.faults.join(' + '),
  ];
  say(columns.filter(Boolean).join('  '));
  for (const note of result.pauses) say(`       paused: ${note.replaceAll('\n', ' | ')}`);
  for (const [key, said] of Object.entries(verdict) as [string, string[]][])
    for (const line of said.slice(0, 5)) say(`       ${key}: ${line}`);
}

function brokers(): BrokerKind[] {
  if (values.broker === 'aedes' || values.broker === 'mosquitto') return [values.broker];
  if (values.broker !== undefined) fail(`--broker ${values.broker}: aedes or mosquitto`);
  if (findProgram('mosquitto')) return ['aedes', 'mosquitto'];
  say('mosquitto is not installed: all rounds on aedes');
  return ['aedes'];
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    fail(`--${name} ${text}: must be a whole number in ${least}..${most}`);
  return value;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
