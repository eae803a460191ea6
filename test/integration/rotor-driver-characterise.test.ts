import { describe, expect } from 'vitest';
import { characterise, characteriseTest as test, slowRotor } from '../support/characterise-run.ts';
import { holdRotor } from '../support/rotctld-driver.ts';
import { until } from '../support/until.ts';

describe.concurrent('a characterisation', () => {
  test('stops and frees the rotor when it is cancelled during a move', async ({ observatory, driver }) => {
    const run = characterise(driver, slowRotor(observatory));
    await until('moving', async () => (await observatory.state()).moving);
    run.cancel();
    await expect(run.result).rejects.toMatchObject({ name: 'AbortError' });
    await until('stopped', async () => {
      const { commands, moving, setpoint } = await observatory.state();
      return commands.at(-1)?.command === 'S' && !moving && !setpoint;
    });
    await until('free', async () => {
      (await holdRotor(driver.client, slowRotor(observatory))).release();
      return true;
    });
  });

  test('ends with a message after a stop request', async ({ observatory, driver }) => {
    const run = characterise(driver, slowRotor(observatory));
    await until('moving', async () => (await observatory.state()).moving);
    await driver.client.stop({ rotor: slowRotor(observatory) });
    await expect(run.result).rejects.toMatchObject({ kind: 'lease_lost', message: 'stopped by request' });
    const { commands, moving } = await observatory.state();
    expect([commands.at(-1)?.command, moving]).toEqual(['S', false]);
  });

  test('refuses a held rotor, and its rotor cannot be held meanwhile', async ({ observatory, driver }) => {
    const hold = await holdRotor(driver.client, slowRotor(observatory), 'session 7');
    await expect(characterise(driver, slowRotor(observatory)).result).rejects.toMatchObject({
      kind: 'busy',
      message: 'the rotor is held by session 7',
    });
    hold.release();
    await hold.ended;
    const run = characterise(driver, slowRotor(observatory));
    await until('it runs', () => run.steps.length > 0);
    const held = { kind: 'busy', message: 'the rotor is held by characterise' };
    await expect(holdRotor(driver.client, slowRotor(observatory))).rejects.toMatchObject(held);
    await expect(characterise(driver, slowRotor(observatory)).result).rejects.toMatchObject(held);
    run.cancel();
    await expect(run.result).rejects.toThrow();
  });

  test('ends when the rotor gets stuck', async ({ observatory, driver }) => {
    const run = characterise(driver, slowRotor(observatory));
    await until('moving', async () => (await observatory.state()).moving);
    await observatory.faults({ stall: true });
    await expect(run.result).rejects.toMatchObject({ kind: 'hardware_fault', message: /^stalled at az / });
    expect((await observatory.state()).setpoint).toBeNull();
  });
});
