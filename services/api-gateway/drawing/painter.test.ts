import { createCanvas, loadImage } from '@napi-rs/canvas';
import { readFileSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '#shared/runtime/logger';
import type { Drawing } from './messages.ts';
import { createPainter, type Painter } from './painter.ts';

// Two columns, one row: the picture has a left and a right half.
const DRAWING: Drawing = {
  bounds: { kind: 'rectangular', azStartDeg: 0, azEndDeg: 10, elStartDeg: 0, elEndDeg: 0, stepDeg: 10 },
  projection: 'rectangular',
  fit: false,
  palette: 'viridis',
  range: { min: -100, max: -60 },
  unit: 'dBm',
  theme: 'light',
  title: 'Scan 1',
  subtitle: '',
  sizePx: 100,
  references: undefined,
};
const VIRIDIS = { lowest: [68, 1, 84], highest: [253, 231, 37] };

function packed(points: [cell: number, level: number, atMs?: number][], timed = false): Uint8Array {
  const bytes = Buffer.alloc(points.length * (timed ? 16 : 8));
  points.forEach(([cell, level, atMs], n) => {
    const at = n * (timed ? 16 : 8);
    bytes.writeInt32BE(cell, at);
    bytes.writeFloatBE(level, at + 4);
    if (timed) bytes.writeDoubleBE(atMs ?? 0, at + 8);
  });
  return bytes;
}

async function* pieces(...all: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* await Promise.resolve(all);
}

async function colours(png: Uint8Array): Promise<number[][]> {
  const image = await loadImage(Buffer.from(png));
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  return [25, 75].map((x) => [...context.getImageData(x, 20, 1, 1).data].slice(0, 3));
}

/** Child processes that run the drawing program. */
function drawingProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const parent = / (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) \w/, ''))?.[1];
        return (
          parent === String(process.pid) &&
          /drawing\/process\.ts/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
        );
      } catch {
        return false; // ended meanwhile
      }
    })
    .map(Number);
}

let painter: Painter;
beforeAll(() => {
  painter = createPainter(createLogger('test', 'silent'), undefined, 32);
});
afterAll(() => painter.close());

const never = new AbortController().signal;
const both = () => pieces(packed([[0, -100]]), packed([[1, -60]]));

describe('the painter', () => {
  it('draws levels that arrive in chunks', async () => {
    const png = await painter.draw(DRAWING, both, never);
    expect(await colours(png)).toEqual([VIRIDIS.lowest, VIRIDIS.highest]);
  });

  it('starts every map empty', async () => {
    await painter.draw(DRAWING, both, never);
    const [left, right] = await colours(await painter.draw(DRAWING, () => pieces(packed([[0, -60]])), never));
    expect(left).toEqual(VIRIDIS.highest);
    expect([
      [236, 238, 241],
      [211, 216, 223],
    ]).toContainEqual(right);
  });

  it('corrects the drift', async () => {
    const references = [
      { atMs: 0, levelDb: -70, unusable: false },
      { atMs: 1000, levelDb: -30, unusable: false },
    ];
    // The receiver read 40 dB more when the second one was measured.
    const levels = () =>
      pieces(
        packed(
          [
            [0, -100, 0],
            [1, -60, 1000],
          ],
          true,
        ),
      );
    const png = await painter.draw({ ...DRAWING, references }, levels, never);
    expect(await colours(png)).toEqual([VIRIDIS.lowest, VIRIDIS.lowest]);
  });

  it('reports an error and draws the next map', async () => {
    const wrong = painter.draw(DRAWING, () => pieces(packed([[-1, -60]])), never);
    await expect(wrong).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/row -1 is outside 0..0/) as string,
    });
    expect(await colours(await painter.draw(DRAWING, both, never))).toHaveLength(2);
  });

  it('fails if the levels cannot be read', async () => {
    async function* away(): AsyncGenerator<Uint8Array> {
      yield packed([[0, -100]]);
      await Promise.reject(new Error('the database is away'));
    }
    await expect(painter.draw(DRAWING, away, never)).rejects.toThrow('the database is away');
    expect(await colours(await painter.draw(DRAWING, both, never))).toHaveLength(2);
  });

  it('refuses a map when too many are waiting, before it reads levels', async () => {
    let release: (() => void) | undefined;
    const isReady = new Promise<void>((resolve) => (release = resolve));
    async function* slowly(): AsyncGenerator<Uint8Array> {
      await isReady;
      yield packed([[0, -100]]);
    }
    const waiting = Array.from({ length: 33 }, () => painter.draw(DRAWING, slowly, never));
    await expect(painter.draw(DRAWING, both, never)).rejects.toMatchObject({
      kind: 'no_room',
      message: '32 maps are waiting to be drawn; try again in a moment',
    });
    release?.();
    expect(await Promise.all(waiting)).toHaveLength(33);
  });

  it('drops a map whose client has gone', async () => {
    const disconnected = new AbortController();
    const first = painter.draw(DRAWING, both, never);
    const second = painter.draw(DRAWING, () => expect.unreachable('not read'), disconnected.signal);
    disconnected.abort(new Error('gone'));
    await expect(second).rejects.toThrow('gone');
    expect(await colours(await first)).toHaveLength(2);
  });

  it('survives a crash of its process', async () => {
    await painter.draw(DRAWING, both, never);
    const [pid] = drawingProcesses();
    async function* killing(): AsyncGenerator<Uint8Array> {
      yield packed([[0, -100]]);
      process.kill(Number(pid), 'SIGKILL');
      await expect.poll(drawingProcesses).toEqual([]);
      yield packed([[1, -60]]);
    }
    await expect(painter.draw(DRAWING, killing, never)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await colours(await painter.draw(DRAWING, both, never))).toEqual([
      VIRIDIS.lowest,
      VIRIDIS.highest,
    ]);
  });

  it('has one process, and none after close', async () => {
    await Promise.all([painter.draw(DRAWING, both, never), painter.draw(DRAWING, both, never)]);
    expect(drawingProcesses()).toHaveLength(1);
    painter.close();
    await expect.poll(drawingProcesses).toEqual([]);
  });
});
