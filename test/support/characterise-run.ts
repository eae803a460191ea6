import { test } from 'vitest';
import type { RotorCharacteristics } from '#proto/characteristics';
import { startObservatory, type TestObservatory } from './observatory.ts';
import { startTestDriver, testRotor, type TestDriver } from './rotctld-driver.ts';

/** Speeds of the simulated rotator. */
const SPEEDS = {
  SIM_AZ_SPEED_DEG_S: '180',
  SIM_EL_SPEED_DEG_S: '90',
  SIM_AZ_ACCELERATION_DEG_S2: '1500',
  SIM_EL_ACCELERATION_DEG_S2: '600',
  SIM_RESOLUTION_DEG: '0.01',
};

/** `test` with a simulated rotator and a rotor-driver of its own for each test. */
export const characteriseTest = test.extend<{ observatory: TestObservatory; driver: TestDriver }>({
  observatory: async ({ onTestFinished }, use) => {
    const observatory = await startObservatory(SPEEDS);
    onTestFinished(() => observatory.close());
    await use(observatory);
  },
  driver: async ({ onTestFinished }, use) => {
    const driver = await startTestDriver();
    onTestFinished(() => driver.close());
    await use(driver);
  },
});

/** The rotor with the default speeds, a thirtieth of the real ones. */
export const slowRotor = ({ rotctldPort }: TestObservatory) =>
  testRotor(rotctldPort, {
    azimuth: { speedDegPerS: 6, accelerationDegPerS2: 20 },
    elevation: { speedDegPerS: 3, accelerationDegPerS2: 9 },
    settleMs: 200,
  });

export interface CharacteriseRun {
  steps: { fraction: number; step: string }[];
  result: Promise<RotorCharacteristics | undefined>;
  cancel: () => void;
}

/** Starts a characterisation. */
export function characterise({ client }: TestDriver, config: ReturnType<typeof testRotor>): CharacteriseRun {
  const ending = new AbortController();
  const steps: CharacteriseRun['steps'] = [];
  const run = async () => {
    for await (const { event } of client.characterise({ rotor: config }, { signal: ending.signal })) {
      if (event?.$case === 'progress') steps.push(event.value);
      else return event?.value;
    }
    return undefined;
  };
  const result = run();
  result.catch(() => undefined);
  return { steps, result, cancel: () => ending.abort() };
}
