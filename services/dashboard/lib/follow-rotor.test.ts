import { describe, expect, test } from 'vitest';
import { rotorMessageSchema, type RotorMessage } from '#contract/live/rotor-messages';
import { malformedVariants, newerVariant, INVALID_PAYLOADS } from '../../../test/support/bad-messages.ts';
import { FakeTiming } from '../testing/fake-timing.ts';
import { followRotor } from './follow-rotor.ts';
import type { SocketListener } from './session-source.ts';

const at = (azimuth: number): RotorMessage => ({
  rotor_id: 3,
  azimuth,
  elevation: 20,
  moving: true,
  setpoint: { azimuth: 90, elevation: 20 },
  timestamp: '2026-02-14T02:00:15.250Z',
});

function createFollower() {
  const sockets: { listener: SocketListener; open: boolean }[] = [];
  const received: string[] = [];
  const timing = new FakeTiming();
  const follow = (_id: number, listener: SocketListener) => {
    const socket = { listener, open: true };
    sockets.push(socket);
    return () => void (socket.open = false);
  };
  const stop = followRotor(3, { follow }, timing, {
    onPosition: ({ azimuth }) => received.push(String(azimuth)),
    onState: (state) => received.push(state),
  });
  return {
    sockets,
    received,
    timing,
    stop,
    send: (data: unknown) => sockets.at(-1)?.listener.onMessage(data),
    sendMessage: (message: object) => sockets.at(-1)?.listener.onMessage(JSON.stringify(message)),
    lose: (code: number) => sockets.at(-1)?.listener.onClose(code, ''),
  };
}

describe('following a rotor', () => {
  test('reports positions and ignores messages that are malformed or of another rotor', () => {
    const { received, send, sendMessage, sockets } = createFollower();
    for (const [, data] of INVALID_PAYLOADS) send(data);
    for (const [, message] of malformedVariants(rotorMessageSchema, at(1))) {
      // Any string is accepted as the timestamp, because it is only displayed.
      if (typeof (message as Partial<RotorMessage>).timestamp === 'string' && isOtherwiseValid(message))
        continue;
      sendMessage(message);
    }
    sendMessage({ ...at(1), rotor_id: 4 });
    expect([received, sockets.length]).toEqual([[], 1]);
    sendMessage(at(1));
    sendMessage(newerVariant(at(2)));
    expect(received).toEqual(['live', '1', 'live', '2']);
  });

  test('backs off while connecting fails, and starts over after a valid message', async () => {
    const { sockets, sendMessage, lose, timing } = createFollower();
    for (let lost = 0; lost < 6; lost++) {
      lose(1006);
      await timing.pass(10_000);
    }
    expect(sockets).toHaveLength(7);
    expect(timing.waits).toEqual([375, 750, 1500, 3000, 6000, 7500]);
    sendMessage(at(1));
    lose(1006);
    await timing.pass(375);
    expect(sockets).toHaveLength(8);
  });

  test('reconnects immediately when the page wakes up', async () => {
    const { sockets, timing } = createFollower();
    timing.wake();
    await timing.pass(0);
    expect(sockets.map(({ open }) => open)).toEqual([false, true]);
  });

  test('does not reconnect to a rotor that does not exist', async () => {
    const { sockets, received, lose, timing } = createFollower();
    lose(4404);
    await timing.pass(60_000);
    expect([sockets.length, received]).toEqual([1, ['gone']]);
  });

  test('reports nothing after it was stopped', async () => {
    const { sockets, received, stop, timing } = createFollower();
    stop();
    await timing.pass(60_000);
    expect([sockets.map(({ open }) => open), received]).toEqual([[false], []]);
  });
});

/** Whether the message is valid apart from its timestamp. */
function isOtherwiseValid(message: object): boolean {
  return rotorMessageSchema.safeParse({ ...message, timestamp: at(1).timestamp }).success;
}
