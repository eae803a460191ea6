import { Mutex } from 'async-mutex';
import { errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { sleep } from '#shared/runtime/waiting';
import { startReconciler, type ReconcilerParts } from './reconciler/reconciler.ts';
import type { SiteTimers } from './reconciler/site-timers.ts';
import { createLimitsSync, type LimitsSync } from './rotors/limits-sync.ts';
import type { RotorCache } from './rotors/rotor-cache.ts';
import type { SiteDirectory } from './sites/site-directory.ts';
import { listRotors, type RotorRow } from './store/rotors.ts';
import { listSites } from './store/sites.ts';

/**
 * What the gateway does for each site: it reconciles and sends limits. No site waits for another.
 */
export interface SiteWork {
  /**
   * Reads sites and rotors again; call it after every change, by this gateway or another one.
   * Resolves when the rotor-driver of these sites enforces the limits, or cannot be reached.
   */
  changed: (...siteIds: number[]) => Promise<void>;
  /** Starts the work; the database must have its tables. */
  run(): void;
  close(): Promise<void>;
}

interface Worker {
  limits: LimitsSync;
  close(): Promise<void>;
}

// For a gateway that is not notified.
const REFRESH_MS = 10_000;

export function createSiteWork(
  parts: Omit<ReconcilerParts, 'siteId' | 'orchestrator' | 'timer'> & {
    directory: SiteDirectory;
    timers: SiteTimers;
    cache: Pick<RotorCache, 'replace'>;
    logger: Logger;
  },
): SiteWork {
  const { db, directory, timers, cache, logger } = parts;
  const mutex = new Mutex();
  const closing = new AbortController();
  const workers = new Map<number, Worker>();
  let lastProblem = '';

  /** The sending of the limits, by site. */
  const refresh = () =>
    mutex.runExclusive(async () => {
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
    const limits = createLimitsSync({ siteId, driver: () => directory.of(siteId).driver, logger });
    const reconciler = startReconciler({
      ...parts,
      siteId,
      orchestrator: () => directory.of(siteId).orchestrator,
      timer: timers.of(siteId),
    });
    return {
      limits,
      close() {
        limits.close();
        return reconciler.close();
      },
    };
  }

  async function repeat(): Promise<void> {
    for (;;) {
      await refresh();
      await sleep(REFRESH_MS, closing.signal);
    }
  }

  return {
    async changed(...siteIds) {
      const sent = await refresh();
      await Promise.all(siteIds.flatMap((id) => sent.get(id) ?? []));
    },
    run: () => void repeat().catch(() => undefined), // ends with the signal
    async close() {
      closing.abort();
      await Promise.all([...workers.values()].map((worker) => worker.close()));
    },
  };
}
