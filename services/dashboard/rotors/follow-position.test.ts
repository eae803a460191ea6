import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { followPosition, type PositionSocket } from './follow-position.ts';

function createFollower() {
  const sockets: (PositionSocket & { closed: boolean })[] = [];
  const heard: string[] = [];
  const stop = followPosition(
    () => {
      const socket = {
        onmessage: null,
        onclose: null,
        closed: false,
        close() {
          this.closed = true;
        },
      };
      sockets.push(socket);
      return socket;
    },
    {
      onPosition: ({ azimuth }) => heard.push(String(azimuth)),
      onState: (state) => heard.push(state),
    },
  );
  const socket = () => sockets.at(-1) ?? expect.fail('there is no socket');
  return {
    sockets,
    heard,
    stop,
    say: (data: unknown) => socket().onmessage?.(new MessageEvent('message', { data })),
    close: (code: number) => socket().onclose?.(Object.assign(new Event('close'), { code }) as CloseEvent),
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('following a rotor', () => {
  it('tells positions, and nothing of what is no message', () => {
    const { heard, say } = createFollower();
    say('{"azimuth": 1}');
    say('not JSON');
    say(new ArrayBuffer(2));
    expect(heard).toEqual(['live', '1']);
  });

  it('comes back later and later, and at once again after a good message', async () => {
    const { sockets, say, close } = createFollower();
    const waits: number[] = [];
    for (let lost = 0; lost < 7; lost++) {
      const before = Date.now();
      close(1006);
      await vi.runOnlyPendingTimersAsync();
      waits.push(Date.now() - before);
    }
    expect([sockets.length, waits]).toEqual([8, [500, 1000, 2000, 4000, 8000, 10_000, 10_000]]);
    say('{"azimuth": 1}');
    close(1006);
    await vi.advanceTimersByTimeAsync(500);
    expect(sockets).toHaveLength(9);
  });

  it('does not come back to a rotor that there is not', async () => {
    const { sockets, heard, close } = createFollower();
    close(4404);
    await vi.runAllTimersAsync();
    expect([sockets.length, heard]).toEqual([1, ['gone']]);
  });

  it('is silent once it is ended', async () => {
    const { sockets, heard, stop, say, close } = createFollower();
    stop();
    say('{"azimuth": 1}');
    close(1006);
    await vi.runAllTimersAsync();
    expect([sockets.map(({ closed }) => closed), heard]).toEqual([[true], []]);
  });
});
