/** The client that uses a rotor. */
export interface Holder {
  /** Shown to other clients that request the rotor. */
  name: string;
  /** The session that the holder runs; older versions do not report it. */
  sessionId?: number | undefined;
}

/** Exclusive use of a rotor. Times are monotonic milliseconds. */
export type Lease =
  | { kind: 'free' }
  /** Without `lastHeartbeatMs`, the holder is a call: it sends no heartbeats. */
  | { kind: 'held'; token: number; holder: Holder; lastHeartbeatMs?: number };

export type LeaseEvent =
  /** Without `nowMs`, the lease needs no heartbeats. */
  | { kind: 'acquire'; token: number; holder: Holder; nowMs?: number }
  | { kind: 'heartbeat'; token: number; nowMs: number }
  | { kind: 'release'; token: number }
  /** The holder's stream ended without release. */
  | { kind: 'disconnected'; token: number }
  | { kind: 'tick'; nowMs: number }
  /** Stopped by request, moved by another client, or shutting down. */
  | { kind: 'revoke'; end: LeaseEnd };

/** Why a lease ended, and whether its holder may reacquire it without a check by a person. */
export interface LeaseEnd {
  reason: string;
  mayReacquire: boolean;
}

/** `over` informs the holder; `stop` is the dead-man stop. */
type LeaseEffect = { kind: 'over'; end: LeaseEnd } | { kind: 'stop'; reason: string };

export interface LeaseStep {
  lease: Lease;
  effects: LeaseEffect[];
}

/** A holder without a heartbeat for longer than this counts as dead. */
export const HEARTBEAT_TIMEOUT_MS = 3_000;

export const FREE: Lease = { kind: 'free' };

/** The holder released the lease. */
export const RELEASED: LeaseEnd = { reason: 'released', mayReacquire: true };

/**
 * The lease after an event, with effects; undefined for an event that does not apply (an old token,
 * a lease that is held or free).
 */
export function nextLease(lease: Lease, event: LeaseEvent): LeaseStep | undefined {
  if (event.kind === 'acquire') {
    if (lease.kind === 'held') return undefined;
    const { token, holder, nowMs } = event;
    const heartbeat = nowMs === undefined ? {} : { lastHeartbeatMs: nowMs };
    return { lease: { kind: 'held', token, holder, ...heartbeat }, effects: [] };
  }
  if (lease.kind === 'free') return undefined;
  switch (event.kind) {
    case 'heartbeat':
      if (event.token !== lease.token) return undefined;
      return { lease: { ...lease, lastHeartbeatMs: event.nowMs }, effects: [] };
    case 'release':
      if (event.token !== lease.token) return undefined;
      return { lease: FREE, effects: [{ kind: 'over', end: RELEASED }] };
    case 'disconnected':
      return event.token === lease.token ? dead('the holder disconnected') : undefined;
    case 'tick':
      if (event.nowMs - (lease.lastHeartbeatMs ?? event.nowMs) <= HEARTBEAT_TIMEOUT_MS) return undefined;
      return dead(`no heartbeat for ${HEARTBEAT_TIMEOUT_MS / 1000} s`);
    case 'revoke':
      return { lease: FREE, effects: [{ kind: 'over', end: event.end }] };
  }
}

function dead(reason: string): LeaseStep {
  return {
    lease: FREE,
    effects: [
      { kind: 'over', end: { reason, mayReacquire: true } },
      { kind: 'stop', reason },
    ],
  };
}
