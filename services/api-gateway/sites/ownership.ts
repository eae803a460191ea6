import { errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import type { Orchestrator } from '../clients/orchestrator.ts';
import type { RotorDriver } from '../clients/rotor-driver.ts';
import { isConflict, isCutOff, LEASE_MS, type Claim } from '../domain/site-claim.ts';
import type { Database } from '../store/queryable.ts';
import { claimSite, releaseSite } from '../store/site-claims.ts';
import type { WakeableTimer } from './wakeable-timer.ts';

/** Whether this gateway works for a site: of all gateways, one records and reconciles. */
export interface Ownership {
  /** Whether the claim is ours and has not ended. */
  isOwner: () => boolean;
  /** Resolves after the first look. */
  ready: Promise<void>;
  /** Looks again soon. */
  wake(): void;
  /** Gives up the claim. */
  close(): Promise<void>;
}

const RENEW_MS = 3_000;
const RETRY_MS = 1_000;
/** How often a gateway without the claim asks which orchestrator answers it. */
const LOOKS_PER_LIST = 4;
const MARGIN_MS = 50;

export function claimOwnership(parts: {
  db: Database;
  siteId: number;
  gateway: { id: string; run: string };
  orchestrator: () => Pick<Orchestrator, 'list' | 'identity' | 'finding'>;
  driver: () => Pick<RotorDriver, 'reach' | 'finding'>;
  timer: WakeableTimer;
  /** The claim has become ours. */
  onOwner: () => void;
  /** Why the services that this gateway reaches must not be used; undefined: they may. */
  onConflict: (reason: string | undefined) => void;
  logger: Logger;
}): Ownership {
  const { db, siteId, gateway, orchestrator, driver, timer, onOwner, onConflict, logger } = parts;
  const closing = new AbortController();
  let ownUntilMs = -Infinity;
  let conflict: string | undefined;
  /** Whether the claim named another run of the orchestrator at the last look. */
  let contradicted = false;
  /** Whether the holder of the claim does not reach the site, which this gateway may. */
  let isHolderCutOff = false;
  let looks = 0;
  let lastProblem = '';

  const isClosing = () => closing.signal.aborted;
  const isOwner = () => performance.now() < ownUntilMs;

  /** Without the claim nothing else calls the services regularly. */
  async function callServices(): Promise<void> {
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(RENEW_MS)]);
    const isAway = orchestrator().finding().state === 'away';
    const isDue = looks++ % LOOKS_PER_LIST === 0 || isHolderCutOff || isAway || conflict !== undefined;
    await Promise.allSettled([
      isDue && orchestrator().list(signal, conflict),
      driver().finding().state === 'away' && driver().reach(signal),
    ]);
  }

  async function look(): Promise<number> {
    if (!isOwner()) await callServices();
    const wasOwner = isOwner();
    const candidate = {
      gatewayId: gateway.id,
      gatewayRun: gateway.run,
      orchestrator: orchestrator().identity(),
      reaches: orchestrator().identity() !== undefined && orchestrator().finding().state !== 'away',
    };
    const askedMs = performance.now();
    const claim = await claimSite(db, siteId, candidate, wasOwner);
    report(claim && isConflict(claim, candidate, contradicted) ? claim : undefined);
    contradicted = claim !== undefined && isConflict(claim, candidate, true);
    isHolderCutOff = claim !== undefined && isCutOff(claim);
    if (claim) {
      ownUntilMs = -Infinity;
      // The claim cannot end earlier; a release wakes the timer.
      return Math.max(RETRY_MS, LEASE_MS - claim.ageMs + MARGIN_MS);
    }
    ownUntilMs = askedMs + LEASE_MS;
    if (!wasOwner) onOwner();
    return RENEW_MS;
  }

  function report(claim: Claim | undefined): void {
    const before = conflict;
    conflict = claim && conflictText(claim, orchestrator().identity()?.id);
    if (conflict !== before) onConflict(conflict);
    if (conflict !== undefined && before === undefined) logger.error({ site: siteId }, conflict);
    if (conflict === undefined && before !== undefined)
      logger.info({ site: siteId }, 'one orchestrator serves the site again');
  }

  /** Returns how long to wait for the next look. */
  async function tryLook(): Promise<number> {
    try {
      const waitMs = await look();
      lastProblem = '';
      return waitMs;
    } catch (error) {
      const reason = errorMessage(error);
      if (reason !== lastProblem) logger.warn({ site: siteId, reason }, 'cannot claim the site; retrying');
      lastProblem = reason;
      return RETRY_MS;
    }
  }

  async function run(firstWait: Promise<number>): Promise<void> {
    let waitMs = await firstWait;
    while (!isClosing()) {
      await timer.wait(waitMs);
      if (!isClosing()) waitMs = await tryLook();
    }
  }

  const first = tryLook();
  const running = run(first);
  return {
    isOwner,
    ready: first.then(() => undefined),
    wake: () => timer.wake(),
    async close() {
      closing.abort();
      timer.wake();
      await running;
      if (isOwner()) await releaseSite(db, siteId, gateway.run).catch(() => undefined);
      ownUntilMs = -Infinity;
    },
  };
}

function conflictText({ gatewayId, orchestrator }: Claim, own: string | undefined): string {
  return (
    `another scan-orchestrator (${orchestrator?.id}, through gateway ${gatewayId}) serves this site; ` +
    `this one (${own}) is not used. Give one of them another SITE_NAME, or stop it`
  );
}
