import { isIPv6, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { isLoopbackHost } from '#shared/runtime/loopback';

/** How many connections may be open. */
export interface ConnectionLimits {
  /** All of them. */
  total: number;
  /** Of `total`, those that only loopback may use. */
  reservedForLoopback: number;
  /** From one address of the network; of IPv6, from one /64. */
  perAddress: number;
  /** Connections that have not sent an acceptable request yet, by where they come from. */
  strangers: { loopback: number; network: number; perAddress: number };
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  total: 10_000,
  reservedForLoopback: 100,
  perAddress: 1_000,
  strangers: { loopback: 500, network: 500, perAddress: 100 },
};

/**
 * Decides which connections stay open. A connection is a stranger until it has sent a request that
 * may be answered. There is always room for another stranger, because the oldest one is closed for
 * it: connections that send half a request, however many, cannot keep out a client that sends a
 * whole one. Strangers from the network and from loopback have room of their own.
 */
export interface Connections {
  opened(socket: Socket): void;
  /** The connection has sent a whole request that is being answered: it stays open. */
  busy(socket: Duplex): void;
  /** The request is answered, and the next one has to prove itself again. */
  idle(socket: Duplex): void;
  /** The connection belongs to a key holder or a viewer: it stays open. */
  known(socket: Duplex): void;
}

interface Entry {
  socket: Socket;
  address: string;
  place: 'loopback' | 'network';
  known: boolean;
}

// Closed in one turn of the event loop; closing one takes some 50 microseconds.
const CLOSED_AT_ONCE = 8;

/**
 * `isProxy`: addresses of trusted proxies, which count as loopback: many clients share them.
 * `nextTurn`: resolves when no connection waits to be accepted.
 */
export function createConnections(
  limits: ConnectionLimits = CONNECTION_LIMITS,
  isProxy: (address: string) => boolean = () => false,
  nextTurn: () => Promise<void> = () => Promise.resolve(),
): Connections {
  const entries = new Map<Duplex, Entry>();
  // Sets keep the order of insertion: the first one is the oldest.
  const strangers = { loopback: new Set<Entry>(), network: new Set<Entry>() };
  const byAddress = new Map<string, { open: number; strangers: Set<Entry> }>();

  /** Strangers beyond the limits, the oldest first. Closing them must not delay those that wait. */
  const surplus = new Set<Entry>();
  let closing = false;

  function dismiss(entry: Entry | undefined): void {
    if (!entry) return;
    leave(entry);
    surplus.add(entry);
    if (!closing) void closeSurplus();
  }

  async function closeSurplus(): Promise<void> {
    closing = true;
    while (surplus.size > 0) {
      await nextTurn();
      for (let n = 0; n < CLOSED_AT_ONCE; n++) evict(oldest(surplus));
    }
    closing = false;
  }

  function evict(entry: Entry | undefined): boolean {
    if (!entry) return false;
    closed(entry);
    entry.socket.destroy();
    return true;
  }

  function closed(entry: Entry): void {
    if (!entries.delete(entry.socket)) return;
    leave(entry);
    const same = byAddress.get(entry.address);
    if (same && --same.open === 0) byAddress.delete(entry.address);
  }

  function leave(entry: Entry): void {
    surplus.delete(entry);
    strangers[entry.place].delete(entry);
    byAddress.get(entry.address)?.strangers.delete(entry);
  }

  function join(entry: Entry): void {
    const pool = strangers[entry.place];
    const same = byAddress.get(entry.address);
    pool.add(entry);
    same?.strangers.add(entry);
    if (entry.place === 'network' && same && same.strangers.size > limits.strangers.perAddress)
      dismiss(oldest(same.strangers));
    if (pool.size > limits.strangers[entry.place]) dismiss(oldest(pool));
  }

  /** Makes room, or tells that there is none. */
  function hasRoom(entry: Entry, open: number): boolean {
    const network = entry.place === 'network';
    if (network && open >= limits.perAddress && !evict(oldest(byAddress.get(entry.address)?.strangers)))
      return false;
    const total = limits.total - (network ? limits.reservedForLoopback : 0);
    return (
      entries.size < total ||
      evict(oldest(surplus)) ||
      evict(oldest(strangers.network)) ||
      evict(oldest(strangers.loopback))
    );
  }

  return {
    opened(socket) {
      const peer = socket.remoteAddress;
      // It has gone already.
      if (peer === undefined) {
        socket.destroy();
        return;
      }
      const place = isLoopbackHost(peer) || isProxy(peer) ? 'loopback' : 'network';
      const entry: Entry = { socket, address: network64(peer), place, known: false };
      if (!hasRoom(entry, byAddress.get(entry.address)?.open ?? 0)) {
        socket.destroy();
        return;
      }
      const same = byAddress.get(entry.address) ?? { open: 0, strangers: new Set() };
      same.open++;
      byAddress.set(entry.address, same);
      entries.set(socket, entry);
      socket.once('close', () => closed(entry));
      join(entry);
    },
    busy(socket) {
      const entry = entries.get(socket);
      if (entry) leave(entry);
    },
    idle(socket) {
      const entry = entries.get(socket);
      if (entry && !entry.known) join(entry);
    },
    known(socket) {
      const entry = entries.get(socket);
      if (!entry) return;
      entry.known = true;
      leave(entry);
    },
  };
}

function oldest<T>(set: Set<T> | undefined): T | undefined {
  return set?.values().next().value;
}

/** An address as the limits count it: one host of IPv6 has all addresses of its /64. */
function network64(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address.replace(/^::ffff:/i, '');
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].slice(0, 4).join(':');
}
