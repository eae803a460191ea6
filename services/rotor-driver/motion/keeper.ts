import { SkyScanError } from '#shared/base/errors';
import {
  FREE,
  HEARTBEAT_TIMEOUT_MS,
  leaseAfter,
  type Holder,
  type Lease,
  type LeaseEnd,
  type LeaseEvent,
} from '../domain/lease.ts';

/** What a lease allowed is over. */
export class LeaseOverError extends SkyScanError {
  readonly end: LeaseEnd;

  constructor(end: LeaseEnd) {
    super('lease_lost', end.reason);
    this.name = 'LeaseOverError';
    this.end = end;
  }
}

/** What a holder has in hand. */
export interface Grant {
  readonly token: number;
  /** Fires when the lease is over; its reason is a `LeaseOverError`. */
  readonly over: AbortSignal;
  heartbeat(): void;
  /** Gives the rotor back. */
  release(): void;
  /** The holder's stream ended without release. */
  cut(): void;
}

/** Keeps the lease of one rotor: tokens, heartbeats on the monotonic clock, and the end. */
export interface LeaseKeeper {
  readonly holder: Holder | undefined;
  /** Throws `busy`, naming the holder. */
  grant(token: number, holder: Holder): Grant;
  /**
   * The signal of the lease with this token. Throws `lease_lost` for any other, and for one whose
   * time is over.
   */
  require(token: number): AbortSignal;
  /** Ends the lease, whoever holds it. */
  revoke(end: LeaseEnd): void;
}

/** The refusal for a client that asks while `holder` has the rotor. */
export function heldBy(holder: Holder | undefined): SkyScanError {
  const sessionId = holder?.sessionId;
  return new SkyScanError('busy', `the rotor is held by ${holder?.name ?? 'somebody else'}`, {
    details: sessionId === undefined ? {} : { sessionId },
  });
}

/** `deadManStop` is called when a holder has died. */
export function createLeaseKeeper(deadManStop: (reason: string) => void): LeaseKeeper {
  let lease: Lease = FREE;
  let over = new AbortController();
  let timer: NodeJS.Timeout | undefined;

  function apply(event: LeaseEvent): boolean {
    const step = leaseAfter(lease, event);
    if (!step) return false;
    lease = step.lease;
    for (const effect of step.effects) {
      if (effect.kind === 'over') over.abort(new LeaseOverError(effect.end));
      else deadManStop(effect.reason);
    }
    arm();
    return true;
  }

  function arm(): void {
    clearTimeout(timer);
    if (lease.kind === 'free') return;
    const dueMs = lease.heardMs + HEARTBEAT_TIMEOUT_MS + 1 - performance.now();
    // When this process was held up, heartbeats that have arrived meanwhile are read first.
    timer = setTimeout(() => setImmediate(() => setImmediate(tick)), Math.max(0, dueMs));
  }

  function tick(): void {
    if (!apply({ kind: 'tick', nowMs: performance.now() })) arm();
  }

  return {
    get holder() {
      return lease.kind === 'held' ? lease.holder : undefined;
    },
    grant(token, holder) {
      const taken = lease.kind === 'held' ? lease.holder : undefined;
      if (!apply({ kind: 'acquire', token, holder, nowMs: performance.now() })) throw heldBy(taken);
      over = new AbortController();
      return {
        token,
        over: over.signal,
        heartbeat: () => void apply({ kind: 'heartbeat', token, nowMs: performance.now() }),
        release: () => void apply({ kind: 'release', token }),
        cut: () => void apply({ kind: 'cut', token }),
      };
    },
    require(token) {
      apply({ kind: 'tick', nowMs: performance.now() });
      if (lease.kind === 'held' && lease.token === token) return over.signal;
      throw new SkyScanError('lease_lost', `token ${token} is no longer valid`);
    },
    revoke: (end) => void apply({ kind: 'revoke', end }),
  };
}
