import { startTestDriver, testRotor, type TestDriver } from './rotctld-driver.ts';
import { rests, startRealRotctld, type RealRotctld } from './rotctld-real.ts';
import { until } from './until.ts';

/** The real rotctld with its dummy rotator, and a rotor-driver that has it as a rotor. */
export interface RealRotor {
  rotctld: RealRotctld;
  driver: TestDriver;
  rotor: ReturnType<typeof testRotor>;
  underWay(): Promise<unknown>;
  stopped(): Promise<unknown>;
  close(): Promise<void>;
}

export async function startRealRotor(): Promise<RealRotor> {
  const rotctld = await startRealRotctld();
  const driver = await startTestDriver();
  return {
    rotctld,
    driver,
    rotor: testRotor(rotctld.port),
    underWay: () => until('the rotor moves', async () => (await rotctld.position()).azimuthDeg > 1),
    stopped: () => until('the rotor stands', () => rests(rotctld)),
    async close() {
      await driver.close();
      await rotctld.kill();
    },
  };
}
