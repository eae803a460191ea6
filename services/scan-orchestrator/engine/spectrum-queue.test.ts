import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { MAX_CHUNK_BYTES, rowBytes, type Chunk } from '../domain/sweep-spectra.ts';
import { createSpectrumQueue } from './spectrum-queue.ts';

const CHANNELS = 64;
const band = { firstChannelHz: 1e9, channelHz: 1_000, flags: new Uint8Array(CHANNELS) };
const never = new AbortController().signal;

/** Eight chunks of a cell with the same power in every channel. */
function cell(power: number): [Chunk, ...Chunk[]] {
  const powerSum = new Float32Array(CHANNELS).fill(power);
  const spectrum = { band, transforms: 1, independentTransforms: 1, powerSum, extremes: undefined };
  const chunk = { middleMs: 0, clippedFraction: 0, spectrum };
  return [chunk, ...new Array<Chunk>(7).fill(chunk)];
}

/** The memory of such cells. */
const bytesOf = (cells: number) => rowBytes(cells, CHANNELS) / 2;

describe('the queue of spectra', () => {
  test('computes them in order, one per turn of the event loop', async () => {
    const queue = createSpectrumQueue();
    const done: number[] = [];
    const spectra = [-10, -20, -30].map((levelDb, at) => {
      const { computed } = queue.compute(cell(10 ** (levelDb / 10)), undefined);
      void computed.then(() => done.push(at));
      return computed;
    });
    const doneAtTurn: number[] = [];
    while (done.length < 3) {
      doneAtTurn.push(done.length);
      await nextTurn();
    }
    expect(doneAtTurn.slice(0, 2)).toEqual([0, 0]);
    expect(Math.max(...doneAtTurn.map((count, turn) => count - turn))).toBeLessThanOrEqual(0);
    expect(done).toEqual([0, 1, 2]);
    const means = (await Promise.all(spectra)).map(({ codes }) => codes.mean?.[5]);
    expect(means).toEqual([-1_000, -2_000, -3_000]);
  });

  test('has room for a sweep beside the chunks that it still needs', async () => {
    const queue = createSpectrumQueue();
    const spectra = [1, 2].map((power) => queue.compute(cell(power), undefined).computed);
    const free = MAX_CHUNK_BYTES - bytesOf(2);
    expect([queue.hasRoom(free), queue.hasRoom(free + 1)]).toEqual([true, false]);
    let waited = false;
    const room = queue.untilRoom(free + 1, never).then(() => (waited = true));
    await queue.untilRoom(free, never);
    expect(waited).toBe(false);
    await Promise.all([...spectra, room]);
    expect(queue.hasRoom(MAX_CHUNK_BYTES)).toBe(true);
  });

  test('stops waiting for room when the sweep is aborted', async () => {
    const queue = createSpectrumQueue();
    const { computed } = queue.compute(cell(1), undefined);
    const wait = queue.untilRoom(MAX_CHUNK_BYTES, AbortSignal.abort(new Error('cancelled')));
    await expect(wait).rejects.toThrow('cancelled');
    await computed;
  });

  test('continues after a spectrum that could not be computed', async () => {
    const queue = createSpectrumQueue();
    const [whole] = cell(1);
    const broken = { ...whole, spectrum: { ...whole.spectrum, powerSum: undefined as never } };
    const [failed, next] = [queue.compute([broken], undefined), queue.compute(cell(1), undefined)];
    await expect(failed.computed).rejects.toThrow(TypeError);
    expect((await next.computed).codes.mean?.[0]).toBe(0);
  });
});
