import { Mutex } from 'async-mutex';
import { errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { sleep } from '#shared/runtime/waiting';
import { startReconciler, type ReconcilerParts } from './reconciler/reconciler.ts';
import type { SiteTimers } from './reconciler/site-timers.ts';
import type { Follower } from './recorder/follower.ts';
import { createLimitsSync, type LimitsSync } from './rotors/limits-sync.ts';
import type { RotorCache } from './rotors/rotor-cache.ts';
import { claimOwnership, type Ownership } from './sites/ownership.ts';
import type { SiteDirectory } from './sites/site-directory.ts';
import { createWakeableTimer } from './sites/wakeable-timer.ts';
import { notify, NUDGES } from './store/listen.ts';
import { listRotors, type RotorRow } from './store/rotors.ts';
import { listSites } from './store/sites.ts';

/**
 * What the gateway does for each site: it claims it, reconciles it while the claim is its own, and
 * sends limits. No site waits for another.
 */
export interface SiteWork {
  /**
   * Reads sites and rotors again; call it after every change, by this gateway or another one.
   * Resolves when the rotor-driver of these sites enforces the limits, or cannot be reached.
   */
  changed: (...siteIds: number[]) => Promise<void>;
  /**
   * Starts the work; the database must have its tables. Resolves when every site that answers
   * promptly is claimed.
   */
  run(): Promise<void>;
  /** Another gateway may have changed or released something. */
  noticed: () => void;
  /** Requests a reconciliation soon, by this gateway or the one that works for the site. */
  nudge: (siteId: number) => void;
  /** Whether this gateway works for the site. */
  isOwner: (siteId: number) => boolean;
  close(): Promise<void>;
}

interface Worker {
  ownership: Ownership;
  limits: LimitsSync;
  close(): Promise<void>;
}

// For a gateway that is not notified.
const REFRESH_MS = 10_000;
const RETRY_MS = 1_000;
const FOLLOW_MS = 3_000;
const FIRST_CLAIMS_MS = 1_000;

export function createSiteWork(
  parts: Omit<ReconcilerParts, 'siteId' | 'orchestrator' | 'timer' | 'isOwner'> & {
    gateway: { id: string; run: string };
    follower: Pick<Follower, 'refresh'>;
    directory: SiteDirectory;
    timers: SiteTimers;
    cache: Pick<RotorCache, 'replace'>;
    logger: Logger;
  },
): SiteWork {
  const { db, gateway, directory, timers, cache, follower, logger } = parts;
  const mutex = new Mutex();
  const closing = new AbortController();
  const workers = new Map<number, Worker>();
  let lastProblem = '';
  /** Notifications that arrive before it starts need no other one. */
  let isRefreshDue = false;

  /** The sending of the limits, by site. */
  const refresh = () =>
    mutex.runExclusive(async () => {
      isRefreshDue = false;
      const sent = new Map<number, Promise<unknown>>();
      try {
        const sites = await listSites(db);
        const rotors = await listRotors(db);
        if (closing.signal.aborted) return sent;
        directory.update(sites);
        cache.replace(rotors);
        startAndEndWorkers();
        const bySite = new Map<number, RotorRow[]>(directory.ids().map((id) => [id, []]));
        for (const rotor of rotors) bySite.get(rotor.site_id)?.push(rotor);
        for (const [id, { limits }] of workers) sent.set(id, limits.update(bySite.get(id) ?? []));
        lastProblem = '';
      } catch (error) {
        const reason = errorMessage(error);
        if (reason !== lastProblem) logger.warn({ reason }, 'cannot read sites and rotors');
        lastProblem = reason;
      }
      return sent;
    });

  function startAndEndWorkers(): void {
    const ids = new Set(directory.ids());
    for (const id of ids) if (!workers.has(id)) workers.set(id, startWorker(id));
    for (const [id, worker] of workers) {
      if (ids.has(id)) continue;
      workers.delete(id);
      timers.delete(id);
      void worker.close();
    }
  }

  function startWorker(siteId: number): Worker {
    const ownership = claimOwnership({
      db,
      siteId,
      gateway,
      orchestrator: () => directory.servicesOf(siteId).orchestrator,
      driver: () => directory.servicesOf(siteId).driver,
      timer: createWakeableTimer(),
      onOwner: () => timers.wake(siteId),
      onConflict: (reason) => directory.block(siteId, reason),
      logger,
    });
    const limits = createLimitsSync({
      siteId,
      driver: () => directory.of(siteId).driver,
      isOwner: ownership.isOwner,
      logger,
    });
    const reconciler = startReconciler({
      ...parts,
      siteId,
      isOwner: ownership.isOwner,
      orchestrator: () => directory.of(siteId).orchestrator,
      timer: timers.of(siteId),
    });
    return {
      ownership,
      limits,
      async close() {
        limits.close();
        await reconciler.close();
        await ownership.close();
      },
    };
  }

  const isOwner = (siteId: number) => workers.get(siteId)?.ownership.isOwner() ?? false;

  async function repeat(): Promise<void> {
    for (;;) {
      await sleep(lastProblem === '' ? REFRESH_MS : RETRY_MS, closing.signal);
      await refresh();
    }
  }

  /** Shows what other gateways have stored, in case their messages were lost. */
  async function follow(): Promise<void> {
    for (;;) {
      await sleep(FOLLOW_MS, closing.signal);
      if ([...workers.values()].some(({ ownership }) => !ownership.isOwner()))
        await follower.refresh().catch(() => undefined);
    }
  }

  return {
    async changed(...siteIds) {
      const sent = await refresh();
      await Promise.all(siteIds.flatMap((id) => sent.get(id) ?? []));
    },
    async run() {
      await refresh();
      repeat().catch(() => undefined); // ends with the signal
      follow().catch(() => undefined);
      const claims = [...workers.values()].map(({ ownership }) => ownership.ready);
      await Promise.race([Promise.all(claims), sleep(FIRST_CLAIMS_MS)]);
    },
    noticed() {
      for (const { ownership } of workers.values()) if (!ownership.isOwner()) ownership.wake();
      if (isRefreshDue) return;
      isRefreshDue = true;
      void refresh();
    },
    nudge(siteId) {
      if (isOwner(siteId)) timers.wake(siteId);
      else notify(db, NUDGES, String(siteId)).catch(() => undefined);
    },
    isOwner,
    async close() {
      closing.abort();
      await Promise.all([...workers.values()].map((worker) => worker.close()));
    },
  };
}
