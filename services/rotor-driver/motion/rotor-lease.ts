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

/** The error for other clients while `holder` holds the rotor. */
export function heldByError(holder: Holder | undefined): SkyScanError {
  const sessionId = holder?.sessionId;
  return new SkyScanError('busy', `the rotor is held by ${holder?.name ?? 'another client'}`, {
    details: sessionId === undefined ? {} : { sessionId },
  });
}

/** Manages the lease of one rotor; heartbeats are timed by the monotonic clock. */
export class LeaseManager {
  readonly #deadManStop: (reason: string) => void;
  #lease: Lease = FREE;
  #over = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  /** The number of leases granted to calls. */
  #calls = 0;

  /** `deadManStop` is called when a holder disconnects or sends no heartbeats. */
  constructor(deadManStop: (reason: string) => void) {
    this.#deadManStop = deadManStop;
  }

  get holder(): Holder | undefined {
    return this.#lease.kind === 'held' ? this.#lease.holder : undefined;
  }

  /** Throws `busy` with the name of the current holder. */
  grant(token: number, holder: Holder): RotorLease {
    return this.#acquire({ kind: 'acquire', token, holder, nowMs: performance.now() });
  }

  /**
   * A lease for the duration of a call: it needs no heartbeats, because keepalive pings end the
   * call of a lost client. When `call` aborts before the release, the holder has disconnected. No
   * command can use the lease: tokens on the wire are not negative. Throws `busy`.
   */
  grantForCall(holder: Holder, call: AbortSignal): Pick<RotorLease, 'over' | 'release'> {
    call.throwIfAborted();
    const granted = this.#acquire({ kind: 'acquire', token: -++this.#calls, holder });
    call.addEventListener('abort', () => granted.disconnect(), { once: true, signal: granted.over });
    return granted;
  }

  /** The signal of the lease with this token. Throws `lease_lost` for an old or expired one. */
  require(token: number): AbortSignal {
    this.#apply({ kind: 'tick', nowMs: performance.now() });
    if (this.#lease.kind === 'held' && this.#lease.token === token) return this.#over.signal;
    throw new SkyScanError('lease_lost', `token ${token} is no longer valid`);
  }

  /** Ends the current lease. */
  revoke(end: LeaseEnd): void {
    this.#apply({ kind: 'revoke', end });
  }

  #acquire(event: Extract<LeaseEvent, { kind: 'acquire' }>): RotorLease {
    const current = this.holder;
    if (!this.#apply(event)) throw heldByError(current);
    this.#over = new AbortController();
    const { token } = event;
    return {
      token,
      over: this.#over.signal,
      heartbeat: () => void this.#apply({ kind: 'heartbeat', token, nowMs: performance.now() }),
      release: () => void this.#apply({ kind: 'release', token }),
      disconnect: () => void this.#apply({ kind: 'disconnected', token }),
    };
  }

  #apply(event: LeaseEvent): boolean {
    const step = nextLease(this.#lease, event);
    if (!step) return false;
    this.#lease = step.lease;
    for (const effect of step.effects) {
      if (effect.kind === 'over') this.#over.abort(new LeaseOverError(effect.end));
      else this.#deadManStop(effect.reason);
    }
    this.#arm();
    return true;
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (this.#lease.kind === 'free' || this.#lease.lastHeartbeatMs === undefined) return;
    const dueMs = this.#lease.lastHeartbeatMs + HEARTBEAT_TIMEOUT_MS + 1 - performance.now();
    // After a stall of this process, heartbeats that have arrived are processed first.
    const tick = () => setImmediate(() => setImmediate(() => this.#tick()));
    this.#timer = setTimeout(tick, Math.max(0, dueMs));
  }

  #tick(): void {
    if (!this.#apply({ kind: 'tick', nowMs: performance.now() })) this.#arm();
  }
}
