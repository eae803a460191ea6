import { fastRotor, must } from '../support/observer.ts';
import { CATALOGUE } from './catalogue.ts';
import { playRound, type RoundResult } from './round.ts';
import { planRound } from './schedule.ts';
import { createStage, type BrokerKind } from './stage.ts';
import { watchBroker } from './witnesses.ts';

export interface RunOptions {
  seed: number;
  /** The first round and how many there are. */
  from: number;
  rounds: number;
  /** Each gets its share of the rounds. */
  brokers: BrokerKind[];
  /** Faults whose names contain this; undefined: all. */
  only?: string | undefined;
  say: (line: string) => void;
}

/** What went wrong in all rounds together. */
export interface RunSums {
  lost: number;
  duplicated: number;
  illegalMoves: number;
  illegalTransitions: number;
  misplaced: number;
}

// What is allowed to a session without a person is short here: waiting is not what is tested.
const PATIENCE = { FAULT_BUDGET_S: '4', ROTCTLD_TIMEOUT_MS: '1000', SUSPEND_SETTLE_S: '1' };

/**
 * Plays the rounds one after the other and says what became of each; the same seed plays the same
 * rounds.
 */
export async function runRounds(options: RunOptions): Promise<RunSums> {
  const { seed, from, rounds, brokers, only, say } = options;
  const catalogue = CATALOGUE.filter(({ name }) => !only || name.includes(only));
  if (catalogue.length === 0) throw new Error(`no fault is called ${only}`);
  const sums: RunSums = { lost: 0, duplicated: 0, illegalMoves: 0, illegalTransitions: 0, misplaced: 0 };
  const recoveries: number[] = [];
  const stops: number[] = [];
  const share = rounds / brokers.length;
  for (const [index, kind] of brokers.entries()) {
    const first = from + Math.round(index * share);
    const last = from + Math.round((index + 1) * share) - 1;
    if (last >= first) await playOn(kind, first, last);
  }
  if (recoveries.length > 0)
    say(
      `recovery to the next stored point: median ${seconds(median(recoveries))}, longest ${seconds(Math.max(...recoveries))}`,
    );
  if (stops.length > 0) say(`commander gone to stop: longest ${seconds(Math.max(...stops))}`);
  say(
    `${rounds} rounds, ${sums.lost} lost, ${sums.duplicated} duplicated, ${sums.illegalMoves} illegal moves, ${sums.illegalTransitions} illegal transitions, ${sums.misplaced} misplaced`,
  );
  return sums;

  async function playOn(kind: BrokerKind, first: number, last: number): Promise<void> {
    const stage = await createStage(kind, PATIENCE);
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
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
