import { test } from 'vitest';
import { startTestDriver, testRotor, type TestDriver } from './rotctld-driver.ts';
import { isStationary, startRealRotctld, type RealRotctld } from './rotctld-real.ts';
import { until } from './until.ts';

/** The real rotctld with its dummy rotator, and a rotor-driver that drives it. */
export interface RealRotor {
  rotctld: RealRotctld;
  driver: TestDriver;
  rotor: ReturnType<typeof testRotor>;
  untilMoving(): Promise<unknown>;
  untilStopped(): Promise<unknown>;
  close(): Promise<void>;
}

async function startRealRotor(): Promise<RealRotor> {
  const rotctld = await startRealRotctld();
  const driver = await startTestDriver();
  return {
    rotctld,
    driver,
    rotor: testRotor(rotctld.port),
    untilMoving: () => until('the rotor moves', async () => (await rotctld.position()).azimuthDeg > 1),
    untilStopped: () => until('the rotor has stopped', () => isStationary(rotctld)),
    async close() {
      await driver.close();
      await rotctld.kill();
    },
  };
}

/** `test` with a rotor of its own for each test; these can run at once. */
export const realRotorTest = test.extend<{ real: RealRotor }>({
  real: async ({ onTestFinished }, use) => {
    const real = await startRealRotor();
    onTestFinished(() => real.close());
    await use(real);
  },
});
