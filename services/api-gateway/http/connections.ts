import { isIPv6, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { isLoopbackHost } from '#shared/runtime/loopback';

/** Limits for open connections. */
export interface ConnectionLimits {
  /** All connections. */
  total: number;
  /** Part of `total` that only loopback may use. */
  reservedForLoopback: number;
  /** Connections per network address; for IPv6, per /64. */
  perAddress: number;
  /** Unverified connections by source. */
  unverified: { loopback: number; network: number; perAddress: number };
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  total: 10_000,
  reservedForLoopback: 100,
  perAddress: 1_000,
  unverified: { loopback: 500, network: 500, perAddress: 100 },
};

/**
 * Decides which connections stay open. A connection is unverified until it has sent an acceptable
 * request. A new connection always finds room, because the oldest unverified one is closed for it:
 * any number of half-sent requests cannot block a client that sends a complete one. Network and
 * loopback have separate limits.
 */
export interface Connections {
  opened(socket: Socket): void;
  /** A complete request is being answered: protects the connection. */
  busy(socket: Duplex): void;
  /** The request has been answered: the next one must be acceptable too. */
  idle(socket: Duplex): void;
  /** The connection has a valid key or is a WebSocket: protects it permanently. */
  verified(socket: Duplex): void;
}

/** What the limits need to know about the address of a peer. */
interface Origin {
  address: string;
  source: 'loopback' | 'network';
}

interface Entry extends Origin {
  socket: Socket;
  isVerified: boolean;
}

// Connections closed per iteration of the event loop; closing one takes about 50 microseconds.
const CLOSED_PER_ITERATION = 8;

/**
 * `isProxy`: addresses of trusted proxies, which many clients share; they count as loopback.
 * `nextSlot`: resolves when no connection waits to be accepted.
 */
export function createConnections(
  limits: ConnectionLimits = CONNECTION_LIMITS,
  isProxy: (address: string) => boolean = () => false,
  nextSlot: () => Promise<void> = () => Promise.resolve(),
): Connections {
  const entries = new Map<Duplex, Entry>();
  // Sets keep the order of insertion: the first entry is the oldest.
  const unverified = { loopback: new Set<Entry>(), network: new Set<Entry>() };
  const byAddress = new Map<string, { open: number; unverified: Set<Entry> }>();

  /**
   * Unverified connections over the limits, oldest first. Closing them must not delay waiting
   * connections.
   */
  const surplus = new Set<Entry>();
  let isClosing = false;

  function markSurplus(entry: Entry | undefined): void {
    if (!entry) return;
    removeFromPools(entry);
    surplus.add(entry);
    if (!isClosing) void closeSurplus();
  }

  async function closeSurplus(): Promise<void> {
    isClosing = true;
    while (surplus.size > 0) {
      await nextSlot();
      for (let n = 0; n < CLOSED_PER_ITERATION; n++) closeNow(oldest(surplus));
    }
    isClosing = false;
  }

  function closeNow(entry: Entry | undefined): boolean {
    if (!entry) return false;
    remove(entry);
    entry.socket.destroy();
    return true;
  }

  function remove(entry: Entry): void {
    if (!entries.delete(entry.socket)) return;
    removeFromPools(entry);
    const same = byAddress.get(entry.address);
    if (same && --same.open === 0) byAddress.delete(entry.address);
  }

  function removeFromPools(entry: Entry): void {
    surplus.delete(entry);
    unverified[entry.source].delete(entry);
    byAddress.get(entry.address)?.unverified.delete(entry);
  }

  function addUnverified(entry: Entry): void {
    const pool = unverified[entry.source];
    const same = byAddress.get(entry.address);
    pool.add(entry);
    same?.unverified.add(entry);
    if (entry.source === 'network' && same && same.unverified.size > limits.unverified.perAddress)
      markSurplus(oldest(same.unverified));
    if (pool.size > limits.unverified[entry.source]) markSurplus(oldest(pool));
  }

  /** Makes room for a connection; false if that is not possible. */
  function makeRoom(entry: Entry, open: number): boolean {
    const network = entry.source === 'network';
    if (network && open >= limits.perAddress && !closeNow(oldest(byAddress.get(entry.address)?.unverified)))
      return false;
    const total = limits.total - (network ? limits.reservedForLoopback : 0);
    return (
      entries.size < total ||
      closeNow(oldest(surplus)) ||
      closeNow(oldest(unverified.network)) ||
      closeNow(oldest(unverified.loopback))
    );
  }

  // Connections that arrive in great number come from few addresses, and to check one takes as long
  // as the rest of `opened`.
  let last: { peer: string; origin: Origin } | undefined;

  function originOf(peer: string): Origin {
    if (last?.peer !== peer) {
      const isLocal = isLoopbackHost(peer) || isProxy(peer);
      last = { peer, origin: { address: network64(peer), source: isLocal ? 'loopback' : 'network' } };
    }
    return last.origin;
  }

  return {
    opened(socket) {
      const peer = socket.remoteAddress;
      // The client has already disconnected.
      if (peer === undefined) {
        socket.destroy();
        return;
      }
      const entry: Entry = { socket, ...originOf(peer), isVerified: false };
      if (!makeRoom(entry, byAddress.get(entry.address)?.open ?? 0)) {
        socket.destroy();
        return;
      }
      const same = byAddress.get(entry.address) ?? { open: 0, unverified: new Set() };
      same.open++;
      byAddress.set(entry.address, same);
      entries.set(socket, entry);
      socket.once('close', () => remove(entry));
      addUnverified(entry);
    },
    busy(socket) {
      const entry = entries.get(socket);
      if (entry) removeFromPools(entry);
    },
    idle(socket) {
      const entry = entries.get(socket);
      if (entry && !entry.isVerified) addUnverified(entry);
    },
    verified(socket) {
      const entry = entries.get(socket);
      if (!entry) return;
      entry.isVerified = true;
      removeFromPools(entry);
    },
  };
}

function oldest<T>(set: Set<T> | undefined): T | undefined {
  return set?.values().next().value;
}

/** The address for the limits: an IPv6 host owns all addresses of its /64. */
function network64(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address.replace(/^::ffff:/i, '');
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].slice(0, 4).join(':');
}
