import { setTimeout as delay } from 'node:timers/promises';
import { checkRound, type Problems, type RoundRecord } from '../faults/checker.ts';
import type { BrokerObserver } from '../faults/observers.ts';
import { COMMANDER_GONE_MS } from '../faults/round.ts';
import type { RoundPlan } from '../faults/schedule.ts';
import type { Cluster } from './cluster.ts';
import type { ClusterFault } from './cluster-fault.ts';
import { foreignMoves } from './foreign-moves.ts';
import { startScan, type ClusterRotor } from './scan.ts';

/** What the checker finds, over all sites. */
export interface ClusterProblems extends Problems {
  /** Moves that another site should have made. */
  foreignMoves: string[];
}

export interface ClusterRoundResult {
  problems: ClusterProblems;
  /** What is worth a line although it is allowed. */
  notes: string[];
  durationMs: number;
}

export interface ClusterRoundContext {
  cluster: Cluster;
  broker: BrokerObserver;
  rotors: readonly ClusterRotor[];
}

const ROUND_LIMIT_MS = 240_000;

/** Runs a scan at every site at the same time, with faults, and checks it. */
export async function runClusterRound(
  { cluster, broker, rotors }: ClusterRoundContext,
  plan: RoundPlan<ClusterFault>,
): Promise<ClusterRoundResult> {
  const startedMs = performance.now();
  const deadlineMs = startedMs + ROUND_LIMIT_MS;
  const scans = await Promise.all(
    rotors.map(async (rotor) => ({ rotor, scan: await startScan(cluster, rotor) })),
  );
  try {
    await Promise.all(scans.map(({ scan }) => scan.observed.untilStored(plan.storedShare, deadlineMs)));
    const [spans] = await Promise.all([
      injectAll(cluster, plan),
      ...scans.map(({ scan }) => scan.untilEnded(deadlineMs)),
    ]);
    await cluster.untilHealthy();
    const records = await Promise.all(
      scans.map(({ scan, rotor }) => scan.record(spans.get(rotor.site.name) ?? [], broker)),
    );
    return {
      problems: problemsOf(rotors, records),
      notes: scans.flatMap(({ scan, rotor }) => [
        ...scan.observed.pauses.map((note) => `${rotor.site.name} paused: ${note}`),
        // NATS: a node that was disconnected misses what was retained meanwhile.
        ...scan.outdatedBrokers,
      ]),
      durationMs: performance.now() - startedMs,
    };
  } finally {
    for (const { scan } of scans) scan.close();
  }
}

/** Injects and clears the faults; returns when the rotor of each site had to stand still. */
async function injectAll(
  cluster: Cluster,
  { faults }: RoundPlan<ClusterFault>,
): Promise<Map<string, RoundRecord['noMotionSpans']>> {
  const spans = new Map<string, RoundRecord['noMotionSpans']>();
  const cleared: Promise<void>[] = [];
  for (const { fault, delayMs, lastsMs } of faults) {
    await delay(delayMs);
    const clear = await fault.inject(cluster);
    const site = fault.frozenCommanderAt;
    const from = Date.now() + COMMANDER_GONE_MS;
    const to = Date.now() + lastsMs;
    if (site !== undefined && from < to)
      spans.set(site, [{ from, to, reason: `${fault.name} began 3.5 s before` }]);
    cleared.push(delay(lastsMs).then(clear));
  }
  await Promise.all(cleared);
  return spans;
}

function problemsOf(rotors: readonly ClusterRotor[], records: readonly RoundRecord[]): ClusterProblems {
  const bySite = rotors.map(({ site, sector }, index) => {
    const record = records[index] as RoundRecord;
    return { site: site.name, sector, commands: record.commands, problems: checkRound(record) };
  });
  const of = (kind: keyof Problems) =>
    bySite.flatMap(({ site, problems }) => problems[kind].map((text) => `${site}: ${text}`));
  return {
    lost: of('lost'),
    duplicated: of('duplicated'),
    illegalMoves: of('illegalMoves'),
    illegalTransitions: of('illegalTransitions'),
    misplaced: of('misplaced'),
    foreignMoves: foreignMoves(bySite),
  };
}
