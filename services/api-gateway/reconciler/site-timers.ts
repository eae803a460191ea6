import { createWakeableTimer, type WakeableTimer } from '../sites/wakeable-timer.ts';

/** The timers of the reconcilers, by site. */
export interface SiteTimers {
  /** Creates it on the first call. */
  of(siteId: number): WakeableTimer;
  /** Requests a reconciliation of the site soon; without id of all sites. */
  wake: (siteId?: number) => void;
  delete(siteId: number): void;
}

export function createSiteTimers(): SiteTimers {
  const timers = new Map<number, WakeableTimer>();
  return {
    of(siteId) {
      const timer = timers.get(siteId) ?? createWakeableTimer();
      timers.set(siteId, timer);
      return timer;
    },
    wake(siteId) {
      if (siteId !== undefined) timers.get(siteId)?.wake();
      else for (const timer of timers.values()) timer.wake();
    },
    delete: (siteId) => void timers.delete(siteId),
  };
}
