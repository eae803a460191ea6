import { expect, test } from 'vitest';
import type { RotorPosition } from '#proto/rotor_driver';
import { useDriverWorld } from '../support/driver-world.ts';
import { at } from '../support/rotctld-driver.ts';
import { hamlibScript } from '../support/rotctld-scripted.ts';

// Slews during which the receiver measures.

const world = useDriverWorld({ degPerS: 20 });

test('a sweep streams every readback with its measurement time', async () => {
  const { rotator } = world;
  const answered: { deg: number; ms: number }[] = [];
  const read = () => {
    const [azimuthDeg, elevationDeg] = rotator.read();
    answered.push({ deg: Number(azimuthDeg.toFixed(2)), ms: performance.now() });
    return [azimuthDeg, elevationDeg] as [number, number];
  };
  world.server.script = hamlibScript({ ...rotator, read });
  // A sweep does not wait the ten minutes of settling.
  const hold = await world.hold(world.rotor({ settleMs: 600_000 }));
  const positions: RotorPosition[] = [];
  let readback: RotorPosition | undefined;
  const request = { rotorId: 1, token: hold.token, target: at(60), sweep: true };
  for await (const { event } of world.client.slew(request)) {
    if (event?.$case === 'progress') positions.push(event.value);
    if (event?.$case === 'settled') readback = event.value.readback;
  }
  expect(readback?.pointing).toEqual(at(60));
  const isAtFullSpeed = (deg: number) => deg > 2 && deg < 58;
  const samples = positions
    .map(({ pointing, monotonicMs }) => ({ deg: pointing?.azimuthDeg ?? NaN, ms: monotonicMs ?? NaN }))
    .filter(({ deg }) => isAtFullSpeed(deg));
  // A busy machine may lose some; one per tenth of a second, as in other slews, would be far fewer.
  const asked = answered.filter(({ deg }) => isAtFullSpeed(deg)).length;
  expect(asked).toBeGreaterThan(5);
  expect(samples.length).toBeGreaterThan(asked / 2);
  // For any delay of query and reply: after the previous reply and before the next one.
  for (const { deg, ms } of samples) {
    const index = answered.findIndex((answer) => answer.deg === deg);
    expect(ms).toBeGreaterThan(answered[index - 1]?.ms ?? Infinity);
    expect(ms).toBeLessThan(answered[index + 1]?.ms ?? -Infinity);
  }
  hold.release();
  await hold.ended;
});

test('an arrival is reported with the settling time, and not before the rotor rests', async () => {
  const settleMs = 300;
  const hold = await world.hold(world.rotor({ settleMs }));
  const timeArrival = async (deg: number, announce: boolean) => {
    const { token } = hold;
    for await (const { event } of world.client.slew({ rotorId: 1, token, target: at(deg), announce })) {
      if (event?.$case !== 'settled') continue;
      const { monotonicMs: clockMs } = await world.client.readClock({});
      const { readback, settledAtMonotonicMs } = event.value;
      return {
        deg: readback?.pointing?.azimuthDeg,
        readMs: readback?.monotonicMs ?? NaN,
        settledAtMonotonicMs,
        clockMs,
      };
    }
    throw new Error('no end');
  };
  const waited = await timeArrival(5, false);
  expect(waited.clockMs).toBeGreaterThanOrEqual(waited.settledAtMonotonicMs);
  const announced = await timeArrival(10, true);
  expect(announced.deg).toBeCloseTo(10, 0);
  // The last reading is at most 15 ms or three round trips older; on any machine it was taken at
  // rest.
  expect(announced.settledAtMonotonicMs - announced.readMs).toBeLessThan(settleMs);
  hold.release();
  await hold.ended;
});
