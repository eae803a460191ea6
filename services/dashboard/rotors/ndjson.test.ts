import { describe, expect, it } from 'vitest';
import { jsonLines } from './ndjson.ts';

const encoder = new TextEncoder();

describe('lines of JSON', () => {
  it('are the same however the bytes arrive', async () => {
    const bytes = encoder.encode('{"step":"az\u00fc"}\n{"result":[1]}\n\n{"detail":"x"}');
    for (let size = 1; size <= bytes.length; size++) {
      const stream = new ReadableStream<Uint8Array>({
        start(controller) {
          for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
          controller.close();
        },
      });
      const lines: unknown[] = [];
      for await (const line of jsonLines(stream)) lines.push(line);
      expect(lines).toEqual([{ step: 'az\u00fc' }, { result: [1] }, { detail: 'x' }]);
    }
  });

  it('let go of the stream when nobody listens any more', async () => {
    let cancelled = false;
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(encoder.encode('1\n2\n')),
      cancel() {
        cancelled = true;
      },
    });
    for await (const line of jsonLines(stream)) {
      expect(line).toBe(1);
      break;
    }
    expect(cancelled).toBe(true);
  });

  it('throw what broke the stream off', async () => {
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => controller.error(new Error('the network is gone')),
    });
    await expect(jsonLines(stream).next()).rejects.toThrow('the network is gone');
  });
});
