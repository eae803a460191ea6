import { expect } from 'vitest';
import { characterise, characteriseTest as test, slowRotor } from '../support/characterise-run.ts';
import { at, holdRotor, slew, testRotor } from '../support/rotctld-driver.ts';

// Each takes half a minute on an idle machine.
const TEST_TIMEOUT_MS = 150_000;

test(
  'measures the rotor and returns it to its start',
  async ({ observatory, driver }) => {
    // Positioned with the real speeds configured.
    const motion = { speedDegPerS: 180, accelerationDegPerS2: 1500 };
    const quick = testRotor(observatory.rotctldPort, { azimuth: motion, elevation: motion });
    const before = await holdRotor(driver.client, quick);
    await slew(driver.client, before.token, at(20, 30));
    before.release();
    await before.ended;
    const run = characterise(driver, slowRotor(observatory));
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
    (await holdRotor(driver.client, slowRotor(observatory))).release();
  },
  TEST_TIMEOUT_MS,
);

test(
  'stays above the horizon mask and outside keep-out sectors',
  async ({ observatory, driver }) => {
    const config = testRotor(observatory.rotctldPort, {
      horizon: [
        { azimuthDeg: 0, elevationDeg: 20 },
        { azimuthDeg: 180, elevationDeg: 40 },
      ],
      keepOut: [{ azStartDeg: 60, azEndDeg: 90, elMinDeg: 0, elMaxDeg: 60 }],
    });
    const found = await characterise(driver, config).result;
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
