import { describe, expect, test } from 'vitest';
import { rotorMessageSchema, type RotorMessage } from '#contract/live/rotor-messages';
import { malformedVariants, newerVariant, INVALID_PAYLOADS } from '../../../test/support/bad-messages.ts';
import { FakeTiming } from '../testing/fake-timing.ts';
import { followRotor } from './rotor-live.ts';
import type { Follower } from './session-source.ts';

const at = (azimuth: number): RotorMessage => ({
  rotor_id: 3,
  azimuth,
  elevation: 20,
  moving: true,
  setpoint: { azimuth: 90, elevation: 20 },
  timestamp: '2026-02-14T02:00:15.250Z',
});

function followed() {
  const sockets: { follower: Follower; open: boolean }[] = [];
  const heard: string[] = [];
  const timing = new FakeTiming();
  const follow = (_id: number, follower: Follower) => {
    const socket = { follower, open: true };
    sockets.push(socket);
    return () => void (socket.open = false);
  };
  const stop = followRotor(3, { follow }, timing, {
    onPosition: ({ azimuth }) => heard.push(String(azimuth)),
    onState: (state) => heard.push(state),
  });
  return {
    sockets,
    heard,
    timing,
    stop,
    say: (data: unknown) => sockets.at(-1)?.follower.hear(data),
    sayMessage: (message: object) => sockets.at(-1)?.follower.hear(JSON.stringify(message)),
    lose: (code: number) => sockets.at(-1)?.follower.lost(code, ''),
  };
}

describe('following a rotor', () => {
  test('passes positions on, and ignores whatever is malformed or of another rotor', () => {
    const { heard, say, sayMessage, sockets } = followed();
    for (const [, data] of INVALID_PAYLOADS) say(data);
    for (const [, message] of malformedVariants(rotorMessageSchema, at(1))) {
      // A time is only shown; that it is text is enough.
      if (typeof (message as Partial<RotorMessage>).timestamp === 'string' && isWhole(message)) continue;
      sayMessage(message);
    }
    sayMessage({ ...at(1), rotor_id: 4 });
    expect([heard, sockets.length]).toEqual([[], 1]);
    sayMessage(at(1));
    sayMessage(newerVariant(at(2)));
    expect(heard).toEqual(['live', '1', 'live', '2']);
  });

  test('connects again later and later, and soon again after a good message', async () => {
    const { sockets, sayMessage, lose, timing } = followed();
    for (let lost = 0; lost < 6; lost++) {
      lose(1006);
      await timing.pass(10_000);
    }
    expect(sockets).toHaveLength(7);
    expect(timing.waits).toEqual([375, 750, 1500, 3000, 6000, 7500]);
    sayMessage(at(1));
    lose(1006);
    await timing.pass(375);
    expect(sockets).toHaveLength(8);
  });

  test('connects at once when the page wakes up', async () => {
    const { sockets, timing } = followed();
    timing.wake();
    await timing.pass(0);
    expect(sockets.map(({ open }) => open)).toEqual([false, true]);
  });

  test('does not connect again to a rotor that does not exist', async () => {
    const { sockets, heard, lose, timing } = followed();
    lose(4404);
    await timing.pass(60_000);
    expect([sockets.length, heard]).toEqual([1, ['gone']]);
  });

  test('is silent once it is ended', async () => {
    const { sockets, heard, stop, timing } = followed();
    stop();
    await timing.pass(60_000);
    expect([sockets.map(({ open }) => open), heard]).toEqual([[false], []]);
  });
});

/** Wrong in nothing but the time. */
function isWhole(message: object): boolean {
  return rotorMessageSchema.safeParse({ ...message, timestamp: at(1).timestamp }).success;
}
