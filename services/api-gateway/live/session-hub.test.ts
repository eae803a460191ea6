import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import type { Measurement } from '#contract/measurement';
import { measurementOf } from '#contract/point-record';
import { GridKind, ScanMode } from '#proto/scan_spec';
import { createMetrics } from '../metrics.ts';
import type { SessionFacts } from '../published.ts';
import { pointOf } from '../../../test/support/gateway-points.ts';
import type { LiveSocket } from './live-socket.ts';
import { createSessionHub } from './session-hub.ts';

const SPEC = {
  azStartDeg: 0,
  azEndDeg: 99,
  elStartDeg: 0,
  elEndDeg: 9,
  stepDeg: 1,
  rssiIterations: 1,
  grid: GridKind.GRID_KIND_RECTANGULAR,
  mode: ScanMode.SCAN_MODE_STEP,
};
const pointsUpTo = (from: number, to: number): Measurement[] =>
  Array.from({ length: to - from }, (_, k) => measurementOf(pointOf(SPEC, from + 1 + k)));
const factsAt = (completed: number): SessionFacts => ({
  id: 1,
  status: 'running',
  revision: 2,
  completed,
  total: 1_000,
});

/** A viewer that reads everything at once. */
class FakeSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  readonly completed: number[] = [];
  sendFrame(frame: Buffer): void {
    this.#take(frame.toString('utf8', frame.indexOf('{')));
  }
  send(text: string, done: () => void): void {
    this.#take(text);
    done();
  }
  close(): void {
    this.readyState = 2;
  }
  #take(text: string): void {
    const { point, completed } = JSON.parse(text) as { point: object | null; completed: number };
    if (point) this.completed.push(completed);
  }
}

/** A hub with viewers of session 1; `read` releases the next query of stored points. */
async function watchedHub(viewers: number) {
  const queries: { afterSeq: number; upToSeq: number; release: () => void }[] = [];
  const hub = createSessionHub(
    {
      facts: () => Promise.resolve(factsAt(0)),
      points: ({}, { afterSeq, upToSeq }) =>
        new Promise((resolve) =>
          queries.push({ afterSeq, upToSeq, release: () => resolve(pointsUpTo(afterSeq, upToSeq)) }),
        ),
    },
    createMetrics(),
    { nextSlot: () => Promise.resolve() },
  );
  const sockets = Array.from({ length: viewers }, () => new FakeSocket());
  for (const socket of sockets) await hub.attach(socket as unknown as LiveSocket, 1, { full: false });
  return { hub, sockets, queries };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('points that come with their announcement are not read', async () => {
  const { hub, sockets, queries } = await watchedHub(3);
  hub.announce(factsAt(2), pointsUpTo(0, 2));
  expect(sockets.map(({ completed }) => completed)).toEqual([
    [1, 2],
    [1, 2],
    [1, 2],
  ]);
  expect(queries).toEqual([]);
});

test('points that another gateway has stored are read once for all viewers', async () => {
  const { hub, sockets, queries } = await watchedHub(50);
  hub.announce(factsAt(3), []);
  expect(queries).toMatchObject([{ afterSeq: 0, upToSeq: 3 }]);
  // Announced while they are being read.
  hub.announce(factsAt(4), pointsUpTo(3, 4));
  queries[0]?.release();
  await settled();
  expect(queries).toMatchObject([{}, { afterSeq: 3, upToSeq: 4 }]);
  queries[1]?.release();
  await settled();
  for (const { completed } of sockets) expect(completed).toEqual([1, 2, 3, 4]);
  expect(queries).toHaveLength(2);
});

test('a gap before announced points is read with them', async () => {
  const { hub, sockets, queries } = await watchedHub(2);
  hub.announce(factsAt(5), pointsUpTo(4, 5));
  expect(queries).toMatchObject([{ afterSeq: 0, upToSeq: 5 }]);
  queries[0]?.release();
  await settled();
  for (const { completed } of sockets) expect(completed).toEqual([1, 2, 3, 4, 5]);
});

test('with many missing points every viewer reads at its own pace', async () => {
  const { hub, queries } = await watchedHub(2);
  hub.announce(factsAt(500), []);
  await settled();
  expect(queries.map(({ afterSeq }) => afterSeq)).toEqual([0, 0]);
});
