/** The client that uses a rotor. */
export interface Holder {
  /** For messages to the next client that asks. */
  name: string;
  /** The session that it runs; undefined: none, or its version does not report it. */
  sessionId?: number | undefined;
}

/** Exclusive use of a rotor. Times are monotonic milliseconds. */
export type Lease = { kind: 'free' } | { kind: 'held'; token: number; holder: Holder; heardMs: number };

export type LeaseEvent =
  | { kind: 'acquire'; token: number; holder: Holder; nowMs: number }
  | { kind: 'heartbeat'; token: number; nowMs: number }
  | { kind: 'release'; token: number }
  /** The holder's stream ended without release. */
  | { kind: 'cut'; token: number }
  | { kind: 'tick'; nowMs: number }
  /** Taken away: stopped by request, moved by another client, shutting down. */
  | { kind: 'revoke'; end: LeaseEnd };

/**
 * Why a lease is over, and whether its holder may simply ask again or a person has to look first.
 */
export interface LeaseEnd {
  reason: string;
  mayReacquire: boolean;
}

/** `over` tells the holder; `stop` is the dead-man stop. */
type LeaseEffect = { kind: 'over'; end: LeaseEnd } | { kind: 'stop'; reason: string };

export interface LeaseStep {
  lease: Lease;
  effects: LeaseEffect[];
}

/** Without a sign of life for longer than this a holder is dead. */
export const HEARTBEAT_TIMEOUT_MS = 3_000;

export const FREE: Lease = { kind: 'free' };

/** The end that its holder wished for. */
export const RELEASED: LeaseEnd = { reason: 'released', mayReacquire: true };

/**
 * What an event makes of a lease; undefined when it means nothing here (an old token, a lease that
 * is taken or gone).
 */
export function leaseAfter(lease: Lease, event: LeaseEvent): LeaseStep | undefined {
  if (event.kind === 'acquire') {
    if (lease.kind === 'held') return undefined;
    const { token, holder, nowMs } = event;
    return { lease: { kind: 'held', token, holder, heardMs: nowMs }, effects: [] };
  }
  if (lease.kind === 'free') return undefined;
  switch (event.kind) {
    case 'heartbeat':
      if (event.token !== lease.token) return undefined;
      return { lease: { ...lease, heardMs: event.nowMs }, effects: [] };
    case 'release':
      if (event.token !== lease.token) return undefined;
      return { lease: FREE, effects: [{ kind: 'over', end: RELEASED }] };
    case 'cut':
      return event.token === lease.token ? dead('the holder is gone') : undefined;
    case 'tick':
      if (event.nowMs - lease.heardMs <= HEARTBEAT_TIMEOUT_MS) return undefined;
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
