import { expect, test } from 'vitest';
import { connectRawGrpcClient } from '../support/raw-grpc-client.ts';
import { startTestDriver } from '../support/rotctld-driver.ts';
import { createFakeRotator, hamlibScript, startScriptedRotctld } from '../support/rotctld-scripted.ts';
import { rawRotor } from '../support/raw-rotor.ts';

test('stop reaches the moving rotator after a change of its address', async () => {
  const rotator = createFakeRotator(2);
  const moving = await startScriptedRotctld(hamlibScript(rotator));
  const other = await startScriptedRotctld(hamlibScript(createFakeRotator()));
  const driver = await startTestDriver();
  const client = await connectRawGrpcClient('rotor_driver.proto', 'RotorDriver', driver.port);
  try {
    const target = { azimuthDeg: 200, elevationDeg: 30 };
    await client.call('move', { rotor: rawRotor(moving.port), target, keepsCall: true });
    const isStop = (line: string) => /:\+?\\?(S|stop)/.test(line);
    const before = moving.log.filter(isStop).length;
    await client.refusal('move', { rotor: rawRotor(other.port), target, keepsCall: true });
    expect(await client.call('inUse', { rotorId: 3 })).toMatchObject({ inUse: true });
    await client.call('stop', { rotor: rawRotor(other.port) });
    expect(moving.log.filter(isStop).length).toBeGreaterThan(before);
    expect(other.log).toEqual([]);
    expect(await client.call('inUse', { rotorId: 3 })).toMatchObject({ inUse: false });
    // A deleted rotor is found by its id.
    await client.call('move', { rotor: rawRotor(moving.port), target, keepsCall: true });
    const stops = moving.log.filter(isStop).length;
    await client.call('stop', { rotorId: 3 });
    expect(moving.log.filter(isStop).length).toBeGreaterThan(stops);
    await client.refusal('stop', { rotorId: 3 });
    // At rest the new address applies.
    await client.call('probe', { rotor: rawRotor(other.port) });
    expect(other.log).not.toEqual([]);
  } finally {
    client.close();
    await driver.close();
    await Promise.all([moving.close(), other.close()]);
  }
});
