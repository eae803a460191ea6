import type { Cluster } from './cluster.ts';

/** A fault of the cluster. */
export interface ClusterFault {
  name: string;
  /** Duration, milliseconds; 0: the fault is momentary. */
  lastsMs: { min: number; max: number };
  /** What it acts on; the faults of a round have no target in common. */
  targets: readonly string[];
  /** Injects it and returns how to clear it. */
  inject(cluster: Cluster): Promise<() => void> | (() => void);
  /** The site whose orchestrator is frozen: its rotor must stop. */
  frozenCommanderAt?: string;
}

export function clash(a: ClusterFault, b: ClusterFault): boolean {
  return a.targets.some((target) => b.targets.includes(target));
}
