import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createConnections, type ConnectionLimits } from './connections.ts';

const LIMITS: ConnectionLimits = {
  total: 10,
  reservedForLoopback: 2,
  perAddress: 4,
  unverified: { loopback: 3, network: 5, perAddress: 2 },
};

class FakeSocket extends EventEmitter {
  destroyed = false;
  readonly remoteAddress: string;

  constructor(remoteAddress: string) {
    super();
    this.remoteAddress = remoteAddress;
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

function world(isProxy?: (address: string) => boolean, nextSlot?: () => Promise<void>) {
  const connections = createConnections(LIMITS, isProxy, nextSlot);
  const open = (address: string) => {
    const socket = new FakeSocket(address);
    connections.opened(socket as unknown as Socket);
    return socket;
  };
  const verify = (socket: FakeSocket) => connections.verified(socket as unknown as Socket);
  return { connections, open, verify };
}

/** Surplus connections are closed in later iterations of the event loop. */
const iterationsPass = () => new Promise((resolve) => setImmediate(resolve));
const alive = (sockets: FakeSocket[]) => sockets.map(({ destroyed }) => !destroyed);

describe('connections', () => {
  test('the oldest unverified connection is closed for the newest', async () => {
    const { open } = world();
    const sockets = Array.from({ length: 5 }, () => open('127.0.0.1'));
    await iterationsPass();
    expect(alive(sockets)).toEqual([false, false, true, true, true]);
  });

  test('unverified connections of one source or address do not affect the others', async () => {
    const { open } = world();
    const local = open('::1');
    const other = open('10.0.0.9');
    const many = Array.from({ length: 20 }, () => open('10.0.0.1'));
    await iterationsPass();
    expect(alive([local, other])).toEqual([true, true]);
    expect(many.filter(({ destroyed }) => !destroyed)).toHaveLength(2);
  });

  test('all addresses of a /64, and both forms of an IPv4 address, count as one', async () => {
    const { open } = world();
    const sockets = ['2001:db8::1', '2001:db8:0:0:1::2', '2001:db8::3', '2001:db8:0:1::1'].map(open);
    await iterationsPass();
    expect(alive(sockets)).toEqual([false, true, true, true]);
    const mapped = ['::ffff:10.0.0.1', '10.0.0.1', '10.0.0.1'].map(open);
    await iterationsPass();
    expect(alive(mapped)).toEqual([false, true, true]);
  });

  test('a verified connection stays open, whatever the number of unverified ones', async () => {
    const { open, verify } = world();
    const holder = open('10.0.0.1');
    verify(holder);
    for (let i = 0; i < 100; i++) open(`10.0.0.${i}`);
    await iterationsPass();
    expect(holder.destroyed).toBe(false);
  });

  test('a connection is protected while its request is answered, and unverified again afterwards', async () => {
    const { connections, open } = world();
    const socket = open('127.0.0.1');
    connections.busy(socket as unknown as Socket);
    const first = Array.from({ length: 10 }, () => open('127.0.0.1'));
    await iterationsPass();
    expect(socket.destroyed).toBe(false);
    connections.idle(socket as unknown as Socket);
    await iterationsPass();
    expect(first.filter(({ destroyed }) => !destroyed)).toHaveLength(2);
    for (let i = 0; i < 3; i++) open('127.0.0.1');
    await iterationsPass();
    expect(socket.destroyed).toBe(true);
  });

  describe('while other connections wait to be accepted', () => {
    const never = () => new Promise<void>(() => undefined);

    test('none is closed while there is room', () => {
      const { open } = world(undefined, never);
      const sockets = Array.from({ length: 10 }, () => open('127.0.0.1'));
      expect(alive(sockets)).not.toContain(false);
    });

    test('the oldest surplus connection is closed if a new one finds no room', () => {
      const { open } = world(undefined, never);
      const sockets = Array.from({ length: 12 }, () => open('127.0.0.1'));
      expect(alive(sockets)).toEqual([false, false, ...Array<boolean>(10).fill(true)]);
    });

    test('a surplus connection stays when its request arrives in time', async () => {
      let turn: () => void = () => undefined;
      const { connections, open } = world(undefined, () => new Promise((resolve) => (turn = resolve)));
      const sockets = Array.from({ length: 5 }, () => open('127.0.0.1'));
      connections.busy(sockets[0] as unknown as Socket);
      turn();
      await iterationsPass();
      expect(alive(sockets)).toEqual([true, false, true, true, true]);
    });
  });

  test('verified connections of one address have a limit, and loopback has a reserve', () => {
    const { open, verify } = world();
    const holders = Array.from({ length: 6 }, () => {
      const socket = open('10.0.0.1');
      verify(socket);
      return socket;
    });
    expect(alive(holders)).toEqual([true, true, true, true, false, false]);
    for (let i = 2; i < 12; i++) verify(open(`10.0.0.${i}`));
    expect(open('10.0.1.1').destroyed).toBe(true);
    const local = ['127.0.0.1', '127.0.0.2'].map(open);
    expect(alive(local)).toEqual([true, true]);
  });

  test('a closed connection no longer counts', () => {
    const { open, verify } = world();
    for (let i = 0; i < 50; i++) {
      const socket = open('10.0.0.1');
      verify(socket);
      socket.destroy();
    }
    expect(open('10.0.0.1').destroyed).toBe(false);
  });

  test('a trusted proxy has no limit per address', () => {
    const { open, verify } = world((address) => address === '10.0.0.1');
    const sockets = Array.from({ length: 8 }, () => {
      const socket = open('10.0.0.1');
      verify(socket);
      return socket;
    });
    expect(sockets.some(({ destroyed }) => destroyed)).toBe(false);
  });
});
