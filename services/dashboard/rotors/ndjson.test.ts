import { describe, expect, it } from 'vitest';
import { jsonLines } from './ndjson.ts';

const encoder = new TextEncoder();

describe('jsonLines', () => {
  it('yields the same lines however the bytes are split', async () => {
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

  it('cancels the stream when the consumer stops', async () => {
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

  it('throws the error that ended the stream', async () => {
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => controller.error(new Error('the network is gone')),
    });
    await expect(jsonLines(stream).next()).rejects.toThrow('the network is gone');
  });
});
