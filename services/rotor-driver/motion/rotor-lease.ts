import { SkyScanError } from '#shared/base/errors';
import {
  FREE,
  HEARTBEAT_TIMEOUT_MS,
  nextLease,
  type Holder,
  type Lease,
  type LeaseEnd,
  type LeaseEvent,
} from '../domain/lease.ts';

/** The lease of the operation has ended. */
export class LeaseOverError extends SkyScanError {
  readonly end: LeaseEnd;

  constructor(end: LeaseEnd) {
    super('lease_lost', end.reason);
    this.name = 'LeaseOverError';
    this.end = end;
  }
}

/** The lease of a rotor, as its holder sees it. */
export interface RotorLease {
  readonly token: number;
  /** Aborts when the lease ends, with a `LeaseOverError` as reason. */
  readonly over: AbortSignal;
  heartbeat(): void;
  /** Releases the rotor. */
  release(): void;
  /** The holder's stream ended without release. */
  disconnect(): void;
}

/** Manages the lease of one rotor; heartbeats are timed by the monotonic clock. */
export interface LeaseManager {
  readonly holder: Holder | undefined;
  /** Throws `busy` with the name of the current holder. */
  grant(token: number, holder: Holder): RotorLease;
  /**
   * A lease for the duration of a call: it needs no heartbeats, because keepalive pings end the
   * call of a lost client. When `call` aborts before the release, the holder has disconnected. No
   * command can use the lease: tokens on the wire are not negative. Throws `busy`.
   */
  grantForCall(holder: Holder, call: AbortSignal): Pick<RotorLease, 'over' | 'release'>;
  /** The signal of the lease with this token. Throws `lease_lost` for an old or expired one. */
  require(token: number): AbortSignal;
  /** Ends the current lease. */
  revoke(end: LeaseEnd): void;
}

/** The error for other clients while `holder` holds the rotor. */
export function heldByError(holder: Holder | undefined): SkyScanError {
  const sessionId = holder?.sessionId;
  return new SkyScanError('busy', `the rotor is held by ${holder?.name ?? 'another client'}`, {
    details: sessionId === undefined ? {} : { sessionId },
  });
}

/** `deadManStop` is called when a holder disconnects or sends no heartbeats. */
export function createLeaseManager(deadManStop: (reason: string) => void): LeaseManager {
  let lease: Lease = FREE;
  let over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let calls = 0;

  function apply(event: LeaseEvent): boolean {
    const step = nextLease(lease, event);
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
    if (lease.kind === 'free' || lease.lastHeartbeatMs === undefined) return;
    const dueMs = lease.lastHeartbeatMs + HEARTBEAT_TIMEOUT_MS + 1 - performance.now();
    // After a stall of this process, heartbeats that have arrived are processed first.
    timer = setTimeout(() => setImmediate(() => setImmediate(tick)), Math.max(0, dueMs));
  }

  function tick(): void {
    if (!apply({ kind: 'tick', nowMs: performance.now() })) arm();
  }

  function acquire(event: Extract<LeaseEvent, { kind: 'acquire' }>): RotorLease {
    const current = lease.kind === 'held' ? lease.holder : undefined;
    if (!apply(event)) throw heldByError(current);
    over = new AbortController();
    const { token } = event;
    return {
      token,
      over: over.signal,
      heartbeat: () => void apply({ kind: 'heartbeat', token, nowMs: performance.now() }),
      release: () => void apply({ kind: 'release', token }),
      disconnect: () => void apply({ kind: 'disconnected', token }),
    };
  }

  return {
    get holder() {
      return lease.kind === 'held' ? lease.holder : undefined;
    },
    grant: (token, holder) => acquire({ kind: 'acquire', token, holder, nowMs: performance.now() }),
    grantForCall(holder, call) {
      call.throwIfAborted();
      const granted = acquire({ kind: 'acquire', token: -++calls, holder });
      call.addEventListener('abort', () => granted.disconnect(), { once: true, signal: granted.over });
      return granted;
    },
    require(token) {
      apply({ kind: 'tick', nowMs: performance.now() });
      if (lease.kind === 'held' && lease.token === token) return over.signal;
      throw new SkyScanError('lease_lost', `token ${token} is no longer valid`);
    },
    revoke: (end) => void apply({ kind: 'revoke', end }),
  };
}
