import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { Aedes } from 'aedes';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CharacterisationMessage, PositionMessage } from '#contract/mqtt-messages';
import { useDriverWorld } from '../support/driver-world.ts';
import { at } from '../support/rotctld-driver.ts';
import { until } from '../support/until.ts';

let broker: Aedes;
let listener: Server;
const published: { topic: string; retain: boolean; message: PositionMessage }[] = [];
const steps: { topic: string; retain: boolean; message: CharacterisationMessage }[] = [];

beforeEach(async () => {
  published.length = 0;
  steps.length = 0;
  broker = await Aedes.createBroker();
  broker.on('publish', ({ topic, payload, retain }) => {
    if (topic.endsWith('/characterisation'))
      steps.push({ topic, retain, message: JSON.parse(payload.toString()) as CharacterisationMessage });
    else if (topic.startsWith('skyscan/rotors/'))
      published.push({ topic, retain, message: JSON.parse(payload.toString()) as PositionMessage });
  });
  listener = createServer((socket) => broker.handle(socket)).listen(0, '127.0.0.1');
  await once(listener, 'listening');
});

afterEach(() => {
  listener.close();
  broker.close();
});

const world = useDriverWorld({
  degPerS: 20,
  rotor: { id: 12 },
  env() {
    const address = listener.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    return { MQTT_URL: `mqtt://127.0.0.1:${port}` };
  },
});

test('positions are published retained, including the last one', async () => {
  const rotor = world.rotor();
  await until('the first position', async () => {
    await world.client.getPosition({ rotor });
    return published.length > 0;
  });
  expect(published[0]).toEqual({
    topic: 'skyscan/rotors/12/position',
    retain: true,
    message: {
      azimuth: 0,
      elevation: 0,
      moving: false,
      setpoint: null,
      timestamp: expect.stringMatching(/^\d{4}-.*T.*Z$/) as string,
    },
  });
  await world.move(at(20), rotor);
  await until('the end of the move', () => published.at(-1)?.message.azimuth === 20);
  await until('rest', async () => {
    await world.client.getPosition({ rotor });
    return published.at(-1)?.message.moving === false;
  });
  expect(published.some(({ message }) => message.moving)).toBe(true);
});

test('positions contain the setpoint until the rotor is stopped', async () => {
  const rotor = world.rotor();
  const latest = () => published.at(-1)?.message;
  await until('the first position', async () => {
    await world.client.getPosition({ rotor });
    return published.length > 0;
  });
  await world.move(at(60, 30), rotor);
  await until('the setpoint of a moving rotor', () => {
    const message = latest();
    return message?.setpoint?.azimuth === 60 && message.moving && message.azimuth > 0;
  });
  expect(latest()?.setpoint).toEqual({ azimuth: 60, elevation: 30 });
  expect(latest()?.azimuth).toBeLessThan(60);
  await world.client.stop({ rotor });
  await until('no setpoint', () => latest()?.setpoint === null);
  await until('rest', async () => {
    await world.client.getPosition({ rotor });
    return latest()?.moving === false;
  });
});

test('the setpoint remains after the arrival', async () => {
  const rotor = world.rotor();
  await world.move(at(4), rotor);
  await until('rest on the target', async () => {
    await world.client.getPosition({ rotor });
    const message = published.at(-1)?.message;
    return message?.azimuth === 4 && !message.moving;
  });
  expect(published.at(-1)?.message.setpoint).toEqual({ azimuth: 4, elevation: 0 });
});

test('the progress and end of a characterisation are published, not retained', async () => {
  const rotor = world.rotor();
  await until('the broker', async () => {
    await world.client.getPosition({ rotor });
    return published.length > 0;
  });
  const measure = async () => {
    for await (const { event } of world.client.characterise({ rotor })) if (event?.$case === 'result') return;
  };
  const measuring = measure();
  measuring.catch(() => undefined);
  await until('some steps', () => steps.length > 3);
  expect(steps[0]).toEqual({
    topic: 'skyscan/rotors/12/characterisation',
    retain: false,
    message: {
      fraction: 0,
      step: 'reading the position',
      azimuth: 0,
      elevation: 0,
      timestamp: expect.stringMatching(/^\d{4}-.*T.*Z$/) as string,
    },
  });
  await world.client.stop({ rotor });
  await expect(measuring).rejects.toThrow('stopped by request');
  await until('the end', () => steps.at(-1)?.message.step === 'failed: stopped by request');
});
