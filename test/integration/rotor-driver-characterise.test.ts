import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RotorCharacteristics } from '#proto/characteristics';
import { startObservatory, type TestObservatory } from '../support/observatory.ts';
import {
  at,
  holdRotor,
  slew,
  startTestDriver,
  testRotor,
  type TestDriver,
} from '../support/rotctld-driver.ts';
import { until } from '../support/until.ts';

const SPEEDS = {
  SIM_AZ_SPEED_DEG_S: '180',
  SIM_EL_SPEED_DEG_S: '90',
  SIM_AZ_ACCELERATION_DEG_S2: '1500',
  SIM_EL_ACCELERATION_DEG_S2: '600',
  SIM_RESOLUTION_DEG: '0.01',
};

// Takes half a minute on an idle machine.
const TEST_TIMEOUT_MS = 150_000;

let observatory: TestObservatory;
let driver: TestDriver;

beforeEach(async () => {
  observatory = await startObservatory(SPEEDS);
  driver = await startTestDriver();
});
afterEach(async () => {
  await driver.close();
  await observatory.close();
});

// Configured with the default speeds, a thirtieth of the real ones.
const rotor = () =>
  testRotor(observatory.rotctldPort, {
    azimuth: { speedDegPerS: 6, accelerationDegPerS2: 20 },
    elevation: { speedDegPerS: 3, accelerationDegPerS2: 9 },
    settleMs: 200,
  });

interface Run {
  steps: { fraction: number; step: string }[];
  result: Promise<RotorCharacteristics | undefined>;
  cancel: () => void;
}

function measure(config = rotor()): Run {
  const ending = new AbortController();
  const steps: Run['steps'] = [];
  const run = async () => {
    for await (const { event } of driver.client.characterise({ rotor: config }, { signal: ending.signal })) {
      if (event?.$case === 'progress') steps.push(event.value);
      else return event?.value;
    }
    return undefined;
  };
  const result = run();
  result.catch(() => undefined);
  return { steps, result, cancel: () => ending.abort() };
}

describe('a characterisation', () => {
  test(
    'measures the rotor and returns it to its start',
    async () => {
      // Positioned with the real speeds configured.
      const motion = { speedDegPerS: 180, accelerationDegPerS2: 1500 };
      const quick = testRotor(observatory.rotctldPort, { azimuth: motion, elevation: motion });
      const before = await holdRotor(driver.client, quick);
      await slew(driver.client, before.token, at(20, 30));
      before.release();
      await before.ended;
      const run = measure();
      const found = await run.result;
      const off = (value: number | undefined, truth: number) => Math.abs((value ?? Infinity) / truth - 1);
      // The unit tests of an axis require 5 and 10 %; here both sides share a process, whose delays
      // count as motion.
      expect(off(found?.azimuth?.speedDegPerS, 180)).toBeLessThan(0.25);
      expect(off(found?.azimuth?.accelerationDegPerS2, 1500)).toBeLessThan(0.5);
      expect(off(found?.elevation?.speedDegPerS, 90)).toBeLessThan(0.25);
      expect(off(found?.elevation?.accelerationDegPerS2, 600)).toBeLessThan(0.5);
      expect(found?.azimuth?.resolutionDeg).toBeCloseTo(0.01, 3);
      expect(found?.roundTripMs).toBeGreaterThan(0);
      const { readback, limits_crossed } = await observatory.state();
      expect([readback, limits_crossed]).toEqual([{ azimuth: 20, elevation: 30 }, 0]);
      const fractions = run.steps.map(({ fraction }) => fraction);
      expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
      expect(run.steps.map(({ step }) => step)).toContain('elevation: long move 1 of 4');
      // The rotor is free again.
      (await holdRotor(driver.client, rotor())).release();
    },
    TEST_TIMEOUT_MS,
  );

  test('stops and frees the rotor when it is cancelled during a move', async () => {
    const run = measure();
    await until('moving', async () => (await observatory.state()).moving);
    run.cancel();
    await expect(run.result).rejects.toMatchObject({ name: 'AbortError' });
    await until('stopped', async () => {
      const { commands, moving, setpoint } = await observatory.state();
      return commands.at(-1)?.command === 'S' && !moving && !setpoint;
    });
    await until('free', async () => {
      (await holdRotor(driver.client, rotor())).release();
      return true;
    });
  });

  test('ends with a message after a stop request', async () => {
    const run = measure();
    await until('moving', async () => (await observatory.state()).moving);
    await driver.client.stop({ rotor: rotor() });
    await expect(run.result).rejects.toMatchObject({ kind: 'lease_lost', message: 'stopped by request' });
    const { commands, moving } = await observatory.state();
    expect([commands.at(-1)?.command, moving]).toEqual(['S', false]);
  });

  test('refuses a held rotor, and its rotor cannot be held meanwhile', async () => {
    const hold = await holdRotor(driver.client, rotor(), 'session 7');
    await expect(measure().result).rejects.toMatchObject({
      kind: 'busy',
      message: 'the rotor is held by session 7',
    });
    hold.release();
    await hold.ended;
    const run = measure();
    await until('it runs', () => run.steps.length > 0);
    const held = { kind: 'busy', message: 'the rotor is held by characterise' };
    await expect(holdRotor(driver.client, rotor())).rejects.toMatchObject(held);
    await expect(measure().result).rejects.toMatchObject(held);
    run.cancel();
    await expect(run.result).rejects.toThrow();
  });

  test('ends when the rotor gets stuck', async () => {
    const run = measure();
    await until('moving', async () => (await observatory.state()).moving);
    await observatory.faults({ stall: true });
    await expect(run.result).rejects.toMatchObject({ kind: 'hardware_fault', message: /^stalled at az / });
    expect((await observatory.state()).setpoint).toBeNull();
  });

  test(
    'stays above the horizon mask and outside keep-out sectors',
    async () => {
      const config = testRotor(observatory.rotctldPort, {
        horizon: [
          { azimuthDeg: 0, elevationDeg: 20 },
          { azimuthDeg: 180, elevationDeg: 40 },
        ],
        keepOut: [{ azStartDeg: 60, azEndDeg: 90, elMinDeg: 0, elMaxDeg: 60 }],
      });
      const found = await measure(config).result;
      // Accuracy is covered by the unit tests of an axis.
      expect(found?.azimuth?.speedDegPerS).toBeGreaterThan(90);
      const targets = (await observatory.state()).commands.flatMap(({ command }) => {
        const [name, azimuth, elevation] = command.split(' ');
        return name === 'P' ? [[Number(azimuth), Number(elevation)] as const] : [];
      });
      expect(targets.length).toBeGreaterThan(20);
      // It started at the park pointing, which is below the mask.
      expect(targets.at(-1)).toEqual([0, 0]);
      expect(targets.slice(0, -1).filter(([, elevation]) => elevation < 20)).toEqual([]);
    },
    TEST_TIMEOUT_MS,
  );
});
