import { watchBroker } from '../faults/observers.ts';
import { planRound } from '../faults/schedule.ts';
import { CATALOGUE } from './catalogue.ts';
import { createCluster } from './cluster.ts';
import { clash } from './cluster-fault.ts';
import { runClusterRound, type ClusterProblems } from './round.ts';
import { addRotors } from './scan.ts';

export interface ClusterRunOptions {
  seed: number;
  /** The first round and how many there are. */
  from: number;
  rounds: number;
  /** Faults whose names contain this; undefined: all. */
  only?: string | undefined;
  print: (line: string) => void;
}

/** Number of problems in all rounds. */
export type ClusterProblemCounts = Record<keyof ClusterProblems, number>;

const COLUMNS: Record<keyof ClusterProblems, string> = {
  lost: 'lost',
  duplicated: 'duplicated',
  illegalMoves: 'illegal moves',
  illegalTransitions: 'illegal transitions',
  misplaced: 'misplaced',
  foreignMoves: 'foreign moves',
};
const KINDS = Object.keys(COLUMNS) as (keyof ClusterProblems)[];

/**
 * Runs the rounds one after the other on one cluster and prints each result; the same seed gives
 * the same faults.
 */
export async function runClusterRounds(options: ClusterRunOptions): Promise<ClusterProblemCounts> {
  const { seed, from, rounds, only, print } = options;
  const catalogue = CATALOGUE.filter(({ name }) => !only || name.includes(only));
  if (catalogue.length === 0) throw new Error(`no fault matches ${only}`);
  const sums: ClusterProblemCounts = {
    lost: 0,
    duplicated: 0,
    illegalMoves: 0,
    illegalTransitions: 0,
    misplaced: 0,
    foreignMoves: 0,
  };
  const startedMs = performance.now();
  const cluster = await createCluster();
  let isGood = false;
  try {
    await cluster.untilHealthy();
    const broker = await watchBroker(cluster.brokers.urls[0] ?? '');
    try {
      const rotors = await addRotors(cluster);
      await cluster.untilHealthy();
      print(`the cluster is ready after ${seconds(performance.now() - startedMs)}`);
      for (let round = from; round < from + rounds; round++) {
        const plan = planRound(seed, round, catalogue, clash);
        const faults = plan.faults.map(({ fault, lastsMs }) =>
          lastsMs > 0 ? `${fault.name} for ${seconds(lastsMs)}` : fault.name,
        );
        const result = await runClusterRound({ cluster, broker, rotors }, plan).catch((error: unknown) => {
          throw new Error(`round ${round} (${faults.join(' + ')})`, { cause: error });
        });
        for (const kind of KINDS) sums[kind] += result.problems[kind].length;
        const counts = KINDS.map((kind) => `${result.problems[kind].length} ${COLUMNS[kind]}`);
        const columns = [String(round).padStart(4), seconds(result.durationMs).padStart(8)];
        print([...columns, counts.join(', '), faults.join(' + ')].join('  '));
        for (const note of result.notes) print(`      ${note.replaceAll('\n', ' | ')}`);
        for (const kind of KINDS)
          for (const text of result.problems[kind].slice(0, 5)) print(`      ${COLUMNS[kind]}: ${text}`);
      }
      isGood = KINDS.every((kind) => sums[kind] === 0);
    } finally {
      await broker.close();
    }
  } finally {
    if (!isGood) print(`the logs are in ${cluster.logFolder}`);
    await cluster.close(!isGood);
  }
  print(`${rounds} rounds: ${KINDS.map((kind) => `${sums[kind]} ${COLUMNS[kind]}`).join(', ')}`);
  return sums;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
