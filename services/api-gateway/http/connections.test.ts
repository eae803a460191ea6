import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createConnections, type ConnectionLimits } from './connections.ts';

const LIMITS: ConnectionLimits = {
  total: 10,
  reservedForLoopback: 2,
  perAddress: 4,
  strangers: { loopback: 3, network: 5, perAddress: 2 },
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

function world(isProxy?: (address: string) => boolean, nextTurn?: () => Promise<void>) {
  const connections = createConnections(LIMITS, isProxy, nextTurn);
  const open = (address: string) => {
    const socket = new FakeSocket(address);
    connections.opened(socket as unknown as Socket);
    return socket;
  };
  const known = (socket: FakeSocket) => connections.known(socket as unknown as Socket);
  return { connections, open, known };
}

/** Surplus connections are closed in turns of their own. */
const turnsPass = () => new Promise((resolve) => setImmediate(resolve));
const alive = (sockets: FakeSocket[]) => sockets.map(({ destroyed }) => !destroyed);

describe('connections', () => {
  test('the oldest stranger makes room for the newest', async () => {
    const { open } = world();
    const sockets = Array.from({ length: 5 }, () => open('127.0.0.1'));
    await turnsPass();
    expect(alive(sockets)).toEqual([false, false, true, true, true]);
  });

  test('strangers of the network do not touch those of loopback, nor one address the next', async () => {
    const { open } = world();
    const local = open('::1');
    const other = open('10.0.0.9');
    const many = Array.from({ length: 20 }, () => open('10.0.0.1'));
    await turnsPass();
    expect(alive([local, other])).toEqual([true, true]);
    expect(many.filter(({ destroyed }) => !destroyed)).toHaveLength(2);
  });

  test('all addresses of a /64, and both spellings of an IPv4 address, are one', async () => {
    const { open } = world();
    const sockets = ['2001:db8::1', '2001:db8:0:0:1::2', '2001:db8::3', '2001:db8:0:1::1'].map(open);
    await turnsPass();
    expect(alive(sockets)).toEqual([false, true, true, true]);
    const mapped = ['::ffff:10.0.0.1', '10.0.0.1', '10.0.0.1'].map(open);
    await turnsPass();
    expect(alive(mapped)).toEqual([false, true, true]);
  });

  test('a key holder stays, however many strangers come', async () => {
    const { open, known } = world();
    const holder = open('10.0.0.1');
    known(holder);
    for (let i = 0; i < 100; i++) open(`10.0.0.${i}`);
    await turnsPass();
    expect(holder.destroyed).toBe(false);
  });

  test('a request that is answered stays open, and is a stranger again afterwards', async () => {
    const { connections, open } = world();
    const socket = open('127.0.0.1');
    connections.busy(socket as unknown as Socket);
    const first = Array.from({ length: 10 }, () => open('127.0.0.1'));
    await turnsPass();
    expect(socket.destroyed).toBe(false);
    connections.idle(socket as unknown as Socket);
    await turnsPass();
    expect(first.filter(({ destroyed }) => !destroyed)).toHaveLength(2);
    for (let i = 0; i < 3; i++) open('127.0.0.1');
    await turnsPass();
    expect(socket.destroyed).toBe(true);
  });

  describe('while other connections wait to be accepted', () => {
    const never = () => new Promise<void>(() => undefined);

    test('none is closed as long as there is room', () => {
      const { open } = world(undefined, never);
      const sockets = Array.from({ length: 10 }, () => open('127.0.0.1'));
      expect(alive(sockets)).not.toContain(false);
    });

    test('the oldest surplus connection is closed for the one that finds no room', () => {
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
      await turnsPass();
      expect(alive(sockets)).toEqual([true, false, true, true, true]);
    });
  });

  test('key holders of one address have a limit, and loopback keeps room of its own', () => {
    const { open, known } = world();
    const holders = Array.from({ length: 6 }, () => {
      const socket = open('10.0.0.1');
      known(socket);
      return socket;
    });
    expect(alive(holders)).toEqual([true, true, true, true, false, false]);
    for (let i = 2; i < 12; i++) known(open(`10.0.0.${i}`));
    expect(open('10.0.1.1').destroyed).toBe(true);
    const local = ['127.0.0.1', '127.0.0.2'].map(open);
    expect(alive(local)).toEqual([true, true]);
  });

  test('what is closed is counted no more', () => {
    const { open, known } = world();
    for (let i = 0; i < 50; i++) {
      const socket = open('10.0.0.1');
      known(socket);
      socket.destroy();
    }
    expect(open('10.0.0.1').destroyed).toBe(false);
  });

  test('a trusted proxy has no limit of an address', () => {
    const { open, known } = world((address) => address === '10.0.0.1');
    const sockets = Array.from({ length: 8 }, () => {
      const socket = open('10.0.0.1');
      known(socket);
      return socket;
    });
    expect(sockets.some(({ destroyed }) => destroyed)).toBe(false);
  });
});
