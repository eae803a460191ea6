import { fastRotor, callApi } from '../support/stack-client.ts';
import { CATALOGUE } from './catalogue.ts';
import { runRound, type RoundResult } from './round.ts';
import { planRound } from './schedule.ts';
import { createFaultFixture, type BrokerKind } from './fixture.ts';
import { watchBroker } from './observers.ts';

export interface RunOptions {
  seed: number;
  /** The first round and how many there are. */
  from: number;
  rounds: number;
  /** Each broker gets an equal share of the rounds. */
  brokers: BrokerKind[];
  /** Faults whose names contain this; undefined: all. */
  only?: string | undefined;
  print: (line: string) => void;
}

/** Number of problems in all rounds. */
export interface ProblemCounts {
  lost: number;
  duplicated: number;
  illegalMoves: number;
  illegalTransitions: number;
  misplaced: number;
}

// Short limits, so that rounds do not spend their time waiting.
const SHORT_LIMITS = { FAULT_BUDGET_S: '4', ROTCTLD_TIMEOUT_MS: '1000', SUSPEND_SETTLE_S: '1' };

/**
 * Runs the rounds one after the other and prints each result; the same seed gives the same rounds.
 */
export async function runRounds(options: RunOptions): Promise<ProblemCounts> {
  const { seed, from, rounds, brokers, only, print } = options;
  const catalogue = CATALOGUE.filter(({ name }) => !only || name.includes(only));
  if (catalogue.length === 0) throw new Error(`no fault matches ${only}`);
  const sums: ProblemCounts = {
    lost: 0,
    duplicated: 0,
    illegalMoves: 0,
    illegalTransitions: 0,
    misplaced: 0,
  };
  const recoveries: number[] = [];
  const stops: number[] = [];
  const share = rounds / brokers.length;
  for (const [index, kind] of brokers.entries()) {
    const first = from + Math.round(index * share);
    const last = from + Math.round((index + 1) * share) - 1;
    if (last >= first) await runOn(kind, first, last);
  }
  if (recoveries.length > 0)
    print(
      `recovery to the next stored point: median ${seconds(median(recoveries))}, longest ${seconds(Math.max(...recoveries))}`,
    );
  if (stops.length > 0) print(`commander gone to stop: longest ${seconds(Math.max(...stops))}`);
  print(
    `${rounds} rounds, ${sums.lost} lost, ${sums.duplicated} duplicated, ${sums.illegalMoves} illegal moves, ${sums.illegalTransitions} illegal transitions, ${sums.misplaced} misplaced`,
  );
  return sums;

  async function runOn(kind: BrokerKind, first: number, last: number): Promise<void> {
    const fixture = await createFaultFixture(kind, SHORT_LIMITS);
    const broker = await watchBroker(fixture.brokerUrl);
    try {
      const rotor = fastRotor(fixture.stack, { port: fixture.links.rotctld.port, min_elevation: 0 });
      const { id } = await callApi<{ id: number }>(fixture.stack, 'POST', '/api/rotors', rotor);
      const limits = { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 0, elMaxDeg: 90 };
      for (let round = first; round <= last; round++) {
        const plan = planRound(seed, round, catalogue);
        report(kind, round, await runRound({ fixture, broker, rotorId: id, limits }, plan));
      }
    } finally {
      await broker.close();
      await fixture.stop();
    }
  }

  function report(kind: BrokerKind, round: number, result: RoundResult): void {
    const { problems, recoveryMs, stoppedAfterMs } = result;
    let good = true;
    for (const key of Object.keys(sums) as (keyof typeof sums)[]) {
      sums[key] += problems[key].length;
      if (problems[key].length > 0) good = false;
    }
    if (recoveryMs !== undefined) recoveries.push(recoveryMs);
    if (stoppedAfterMs !== undefined) stops.push(stoppedAfterMs);
    const columns = [
      String(round).padStart(4),
      kind.padEnd(9),
      good ? 'good' : 'BAD ',
      seconds(result.durationMs).padStart(7),
      `repeated slews ${result.repeatedSlews}`,
      recoveryMs === undefined ? '' : `next point after ${seconds(recoveryMs)}`,
      stoppedAfterMs === undefined ? '' : `stop after ${seconds(stoppedAfterMs)}`,
      result.faults.join(' + '),
    ];
    print(columns.filter(Boolean).join('  '));
    for (const note of result.pauses) print(`       paused: ${note.replaceAll('\n', ' | ')}`);
    for (const [key, found] of Object.entries(problems) as [string, string[]][])
      for (const line of found.slice(0, 5)) print(`       ${key}: ${line}`);
  }
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
