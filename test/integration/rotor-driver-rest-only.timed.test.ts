import { describe, expect, test } from 'vitest';
import { useDriverWorld } from '../support/driver-world.ts';
import { at } from '../support/rotctld-driver.ts';
import {
  createFakeRotator,
  hamlibScript,
  reportingAtRestOnly,
  type FakeRotator,
} from '../support/rotctld-scripted.ts';
import { until } from '../support/until.ts';

const QUICK = { speedDegPerS: 200, accelerationDegPerS2: 1_000 };

// During a move such a controller repeats the start position.

describe('a controller that reports its position only at rest', () => {
  const world = useDriverWorld({ degPerS: 20, script: reportingAtRest });

  function useRotator(degPerS: number, lagMs = 0): void {
    world.rotator = createFakeRotator(degPerS);
    world.server.script = hamlibScript(reportingAtRestOnly(world.rotator, lagMs));
  }
  const remarks = async () => (await world.client.probe({ rotor: world.rotor() })).remarks.join();
  const untilAt = (azimuthDeg: number) =>
    until(`it is at ${azimuthDeg}`, () => world.azimuthDeg === azimuthDeg);

  test('is recognised on its first move, reported by the connection test, and then driven over any distance', async () => {
    const hold = await world.hold();
    expect(await remarks()).toBe('');
    const { readback, progress } = await world.slew(hold, at(25, 5));
    expect(readback).toEqual(at(25, 5));
    expect(progress.every(({ azimuthDeg }) => azimuthDeg === 0 || azimuthDeg === 25)).toBe(true);
    // Longer than the stall timeout of 2 s.
    expect((await world.slew(hold, at(70, 5))).readback).toEqual(at(70, 5));
    expect((await world.slew(hold, at(69, 6))).readback).toEqual(at(69, 6));
    expect(world.stopsSent.length).toBe(0);
    expect(await remarks()).toMatch(
      /^its position is reported only at rest: it stayed at az \S+ el 5 for [23]\.\d s on a move, and then was az 70 el 5; likely causes: /,
    );
    hold.release();
    expect(await hold.ended).toBeUndefined();
  });

  test('is recognised on a long first move by its position after a stop, and the move is repeated', async () => {
    const hold = await world.hold();
    expect((await world.slew(hold, at(48))).readback).toEqual(at(48));
    expect(world.stopsSent.length).toBe(1);
    expect((await world.slew(hold, at(0))).readback).toEqual(at(0));
    expect(world.stopsSent.length).toBe(1);
    expect(await remarks()).toContain('reported only at rest');
  });

  test('that is stuck is detected within a time that depends on the length of the move', async () => {
    const hold = await world.hold();
    await world.slew(hold, at(20));
    const stuck = reportingAtRestOnly({ ...world.rotator, go: () => undefined });
    world.server.script = hamlibScript(stuck);
    const startedMs = performance.now();
    await expect(world.slew(hold, at(24))).rejects.toMatchObject({
      kind: 'hardware_fault',
      message: expect.stringMatching(
        /^stalled at az 20 el 0 on the way to az 24 el 0; it did not move/,
      ) as string,
    });
    // Twice 2.3 s and a stop each.
    expect(performance.now() - startedMs).toBeGreaterThan(4_500);
    expect(world.rotator.read()).toEqual([20, 0]);
  });

  test('is stopped at once, and the response has the position at rest', async () => {
    useRotator(20, 400);
    await world.move(at(100));
    await until('it moves', () => world.azimuthDeg > 5);
    const startedMs = performance.now();
    const stopping = world.client.stop({ rotor: world.rotor() });
    await until('S has arrived', () => world.stopsSent.length > 0);
    // The goal is 300 ms on a quiet machine.
    expect(performance.now() - startedMs).toBeLessThan(1_000);
    const { position } = await stopping;
    expect(position?.pointing).toEqual(at(Number(world.azimuthDeg.toFixed(2))));
    expect(position?.pointing?.azimuthDeg).toBeGreaterThan(5);
    expect(position?.moving).toBe(false);
  });

  test('is stopped before another manual move, so that the route starts at its position', async () => {
    const hold = await world.hold();
    await world.slew(hold, at(20));
    hold.release();
    await hold.ended;
    await world.move(at(80));
    await until('it moves', () => world.azimuthDeg > 30);
    await world.move(at(10));
    expect(world.stopsSent.length).toBe(1);
    await untilAt(10);
  });

  test('and wraps at north arrives on the other side of it', async () => {
    world.rotator = createFakeRotator(200);
    const counts = reportingAtRestOnly(world.rotator);
    const wrapped: FakeRotator = {
      ...counts,
      read() {
        const [azimuthDeg, elevationDeg] = counts.read();
        return [((Math.round(azimuthDeg) % 360) + 360) % 360, Math.round(elevationDeg)];
      },
    };
    world.server.script = hamlibScript(wrapped);
    const hold = await world.hold(world.rotor({ azimuth: QUICK, elevation: QUICK }));
    for (const azimuthDeg of [20, -20, 100, -60])
      expect((await world.slew(hold, at(azimuthDeg))).readback).toEqual(at(azimuthDeg));
  });

  test('refuses sweeps', async () => {
    const hold = await world.hold();
    const sweep = async (azimuthDeg: number) => {
      const request = { rotorId: 1, token: hold.token, target: at(azimuthDeg), sweep: true };
      for await (const _ of world.client.slew(request));
    };
    await expect(sweep(25)).rejects.toThrow(
      /^a sweep needs a position that is reported in motion; its position is reported only at rest: .* Scan in steps/,
    );
    // The property is forgotten once motion is reported, for example by another server.
    world.server.script = hamlibScript(world.rotator);
    await sweep(50);
    expect(await remarks()).toBe('');
  });

  test('is not characterised, because its speeds cannot be measured', async () => {
    const hold = await world.hold();
    for (const azimuthDeg of [20, 0]) await world.slew(hold, at(azimuthDeg));
    hold.release();
    await hold.ended;
    world.rotator = createFakeRotator(200);
    world.server.script = hamlibScript(reportingAtRestOnly(world.rotator));
    const characterise = async () => {
      for await (const _ of world.client.characterise({
        rotor: world.rotor({ azimuth: QUICK, elevation: QUICK }),
      }));
    };
    await expect(characterise()).rejects.toThrow(
      /^characterise needs a position that is reported in motion; its position is reported only at rest: .* stopwatch/,
    );
  });
});

function reportingAtRest(rotator: FakeRotator) {
  return hamlibScript(reportingAtRestOnly(rotator));
}
