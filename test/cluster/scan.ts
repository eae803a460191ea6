import type { StatusMessage } from '#contract/mqtt-messages';
import { hasEnded } from '#contract/session-status';
import { ObservedSession, waitFor } from '../faults/observed-session.ts';
import type { RoundRecord } from '../faults/checker.ts';
import { retainedStatus, watchAsViewer, type BrokerObserver } from '../faults/observers.ts';
import { storedPoints, storedSession } from '../faults/stored-session.ts';
import { fastRotor, type PublishedSession } from '../support/stack-client.ts';
import { callApiWhenReady } from '../support/whole-scan.ts';
import type { Cluster } from './cluster.ts';
import type { SiteMoves } from './foreign-moves.ts';
import { ROTCTLD_PORT, type ClusterSite } from './site.ts';

/** The rotor of a site. */
export interface ClusterRotor {
  id: number;
  site: ClusterSite;
  /** What its scans cover; other sites scan other azimuths. */
  sector: SiteMoves['sector'];
}

/** A scan with one viewer at each gateway and one behind HAProxy. */
export interface ClusterScan {
  observed: ObservedSession;
  /** Waits for its end; see `ObservedSession.untilEnded`. */
  untilEnded(deadlineMs: number): Promise<void>;
  /** All that is known about it after its end. `spans`: when its rotor had to stand still. */
  record(spans: RoundRecord['noMotionSpans'], broker: BrokerObserver): Promise<RoundRecord>;
  /** Brokers that retain an older status than another one; known after `record`. */
  readonly outdatedBrokers: string[];
  close(): void;
}

const SECTOR_DEG = 45;
const LIMITS = { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 0, elMaxDeg: 90 };
// A point takes about 0.3 s, so that a fault lasts a part of the scan.
const SPEED = { settle_ms: 250, min_elevation: 0 };
const ROWS = { el_start: 20, el_end: 45, step_deg: 5, rssi_iterations: 2 };
const POLL_MS = 200;
const COMPLETE_WITHIN_MS = 30_000;
const RETAINED_WITHIN_MS = 30_000;

/** Registers all sites and a rotor for each. */
export async function addRotors({ gateways, sites }: Cluster): Promise<ClusterRotor[]> {
  const rotors: ClusterRotor[] = [];
  for (const [index, site] of sites.entries()) {
    const addresses = {
      orchestrator_address: site.orchestratorAddress,
      rotor_driver_address: site.driverAddress,
    };
    const stored = await callApiWhenReady<{ id: number }>(gateways, 'POST', '/api/sites', {
      name: site.name,
      ...addresses,
    });
    // Every rotor is at the same address, on the machine of its site.
    const local = { addresses: { simulator: { rotctldPort: ROTCTLD_PORT } } };
    const body = fastRotor(local, { name: site.name, host: '127.0.0.1', site_id: stored.id, ...SPEED });
    const { id } = await callApiWhenReady<{ id: number }>(gateways, 'POST', '/api/rotors', body);
    const azStartDeg = (index * 360) / sites.length;
    rotors.push({ id, site, sector: { azStartDeg, azEndDeg: azStartDeg + SECTOR_DEG } });
  }
  return rotors;
}

export async function startScan(
  { brokers, gateways, databases }: Cluster,
  { id: rotorId, site, sector }: ClusterRotor,
): Promise<ClusterScan> {
  const startedUnixMs = Date.now();
  const session = await callApiWhenReady<PublishedSession>(gateways, 'POST', '/api/skyscan/start', {
    rotor_id: rotorId,
    az_start: sector.azStartDeg,
    az_end: sector.azEndDeg,
    ...ROWS,
  });
  const { id, total_points: total } = session;
  const observed = new ObservedSession(gateways, id, POLL_MS);
  const viewers = [...gateways.httpUrls, gateways.httpUrl].map((httpUrl) =>
    watchAsViewer({ httpUrl }, id, gateways.apiKey),
  );

  let final: PublishedSession | undefined;
  let endedUnixMs = Infinity;
  const outdatedBrokers: string[] = [];

  /** The newest status that a broker retains. */
  async function newestRetained(): Promise<StatusMessage | undefined> {
    const deadlineMs = performance.now() + RETAINED_WITHIN_MS;
    const all = await Promise.all(
      brokers.urls.map((url) =>
        waitFor(
          () => retainedStatus(url, id).catch(() => undefined),
          ({ status }) => hasEnded(status),
          deadlineMs,
        ),
      ),
    );
    const newest = all.reduce((a, b) => ((b?.revision ?? -1) > (a?.revision ?? -1) ? b : a));
    for (const [index, { name }] of brokers.nodes.entries())
      if (all[index]?.revision !== newest?.revision)
        outdatedBrokers.push(`${name} retains ${all[index]?.status ?? 'nothing'} for ${site.name}`);
    return newest;
  }

  return {
    observed,
    outdatedBrokers,
    async untilEnded(deadlineMs) {
      final = await observed.untilEnded(deadlineMs, { asksForPause: false });
      endedUnixMs = Date.now();
    },
    async record(spans, broker) {
      const database = (await databases.primary()).directUrl;
      const stored = await storedPoints(database, id);
      const deadlineMs = performance.now() + COMPLETE_WITHIN_MS;
      const hasAll = (seqs: number[]) => new Set(seqs).size >= stored.length;
      const now = () => Promise.resolve(viewers.every(({ seqs }) => hasAll(seqs)));
      await waitFor(now, (isComplete) => isComplete, deadlineMs);
      const retained = await newestRetained();
      const state = await storedSession(database, id);
      return {
        total,
        stored,
        lostCountSpans: [],
        limits: LIMITS,
        commands: site.commands.filter(({ atUnixMs }) => atUnixMs >= startedUnixMs),
        noMotionSpans: [
          ...spans,
          ...observed.noMotionSpans,
          { from: endedUnixMs, to: Date.now(), reason: 'the session had ended' },
        ],
        observers: [
          { name: 'REST', statuses: observed.statuses },
          ...viewers.map(({ statuses }, index) => ({ name: `WebSocket ${index + 1}`, statuses })),
          { name: 'MQTT', statuses: broker.statuses(id) },
        ],
        viewers: viewers.map(({ seqs }) => seqs),
        final: [
          { observer: 'REST', status: final?.status ?? 'unknown', completed: final?.completed_points ?? 0 },
          { observer: 'the database', ...state },
          ...(retained ? [{ observer: 'MQTT', status: retained.status, completed: retained.completed }] : []),
        ],
        pausesWithoutNote: observed.pausesWithoutNote,
      };
    },
    close() {
      for (const viewer of viewers) viewer.close();
    },
  };
}
