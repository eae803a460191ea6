import { describe, expect, test } from 'vitest';
import { orAborted, withAnySignal } from './waiting.ts';

const forever = () => new Promise<never>(() => undefined);

describe('work with any of several signals', () => {
  test('ends with the reason of the first one that fires', async () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const work = withAnySignal([one.signal, other.signal], (either) => orAborted(forever(), either));
    other.abort(new Error('the other'));
    one.abort(new Error('too late'));
    await expect(work).rejects.toThrow('the other');
  });

  test('ends with a signal that has fired before', async () => {
    const fired = AbortSignal.abort(new Error('long ago'));
    const work = withAnySignal([new AbortController().signal, fired], (either) =>
      orAborted(forever(), either),
    );
    await expect(work).rejects.toThrow('long ago');
  });

  test('leaves no listeners behind', async () => {
    const source = new AbortController();
    let either: AbortSignal | undefined;
    const done = withAnySignal([source.signal], (signal) => {
      either = signal;
      return Promise.resolve('done');
    });
    expect(await done).toBe('done');
    source.abort();
    expect(either?.aborted).toBe(false);
  });
});
