import mqtt from 'mqtt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { separationDeg, type Pointing } from '#shared/pointing';
import type { RotorConfig } from '#shared/rotor-config';
import { createSunAndMoon } from '#shared/sun-and-moon';
import { startAedes, type TestBroker } from '../support/gateway-broker.ts';
import {
  at,
  holdRotor,
  slew,
  startTestDriver,
  testRotor,
  type TestDriver,
} from '../support/rotctld-driver.ts';
import {
  createFakeRotator,
  hamlibScript,
  startScriptedRotctld,
  type FakeRotator,
  type ScriptedRotctld,
} from '../support/rotctld-scripted.ts';
import { until } from '../support/until.ts';

// What holds for every move, whoever asks for it: the Sun and the conditions of SUSPEND_TOPIC.

const KEEP_OUT_DEG = 10;
let rotator: FakeRotator;
let server: ScriptedRotctld;
let driver: TestDriver;

beforeEach(async () => {
  rotator = createFakeRotator(200);
  server = await startScriptedRotctld(hamlibScript(rotator));
});
afterEach(async () => {
  await driver.close();
  await server.close();
});

const axis = { speedDegPerS: 200, accelerationDegPerS2: 1e6 };
const rotor = (change: Partial<RotorConfig> = {}) =>
  testRotor(server.port, { azimuth: axis, elevation: axis, ...change });
const told = () => server.log.filter((line) => /^\d+:\+(P |S$)/.test(line));
const stands = (there: Pointing) =>
  until(`it stands at ${there.azimuthDeg} ${there.elevationDeg}`, () => {
    const [azimuthDeg, elevationDeg] = rotator.read();
    return Math.hypot(azimuthDeg - there.azimuthDeg, elevationDeg - there.elevationDeg) < 0.01;
  });

describe('the Sun', () => {
  // Somewhere on the equator or near it, it is morning now.
  const { site, sun } = morningSomewhere();
  const env = {
    SUN_KEEP_OUT_DEG: String(KEEP_OUT_DEG),
    SITE_LATITUDE_DEG: String(site.latitudeDeg),
    SITE_LONGITUDE_DEG: String(site.longitudeDeg),
  };
  const west = at(sun.azimuthDeg - 40, Math.round(sun.elevationDeg));
  const east = at(sun.azimuthDeg + 40, Math.round(sun.elevationDeg));

  beforeEach(async () => {
    driver = await startTestDriver(env);
  });

  /** The nearest that the rotator comes to the Sun while the work goes on. */
  async function nearestDeg(work: () => Promise<unknown>): Promise<number> {
    let leastDeg = 180;
    const look = setInterval(() => {
      const [azimuthDeg, elevationDeg] = rotator.read();
      leastDeg = Math.min(leastDeg, separationDeg({ azimuthDeg, elevationDeg }, sun));
    }, 1);
    await work().finally(() => clearInterval(look));
    return leastDeg;
  }

  test('is not pointed at: a person is refused, a scan waits, and nothing is sent', async () => {
    const near = at(sun.azimuthDeg + 3, sun.elevationDeg);
    await expect(driver.client.move({ rotor: rotor(), target: near })).rejects.toMatchObject({
      kind: 'busy',
      message: expect.stringMatching(/^az \S+ el \S+ is \S+ deg from the Sun, nearer than 10/) as string,
    });
    await expect(driver.client.park({ rotor: rotor({ park: near }) })).rejects.toMatchObject({
      kind: 'busy',
    });
    const hold = await holdRotor(driver.client, rotor());
    await expect(slew(driver.client, hold.token, near)).rejects.toMatchObject({ kind: 'unavailable' });
    hold.release();
    expect(told()).toEqual([]);
  });

  test('is passed at a distance, by moves by hand, to the park pointing and of scans', async () => {
    const parked = rotor({ park: west });
    const least = await nearestDeg(async () => {
      await driver.client.move({ rotor: parked, target: west });
      await stands(west);
      await driver.client.move({ rotor: parked, target: east });
      await stands(east);
      await driver.client.park({ rotor: parked });
      await stands(west);
      const hold = await holdRotor(driver.client, parked);
      await slew(driver.client, hold.token, east);
      hold.release();
    });
    expect(least).toBeGreaterThanOrEqual(KEEP_OUT_DEG - 0.1);
    // Straight from one to the other it would have met it.
    expect(told().length).toBeGreaterThan(4);
  });

  test('is not swept over: what is measured on the way goes straight or not at all', async () => {
    const hold = await holdRotor(driver.client, rotor());
    await slew(driver.client, hold.token, west);
    const before = told().length;
    const sweep = async () => {
      for await (const _ of driver.client.slew({ rotorId: 1, token: hold.token, target: east, sweep: true }));
    };
    await expect(sweep()).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('too near to the Sun') as string,
    });
    expect(told()).toHaveLength(before);
    hold.release();
  });

  test('an antenna that the Sun has reached moves away from it', async () => {
    const beside = at(sun.azimuthDeg + 4, sun.elevationDeg);
    rotator.go(beside.azimuthDeg, beside.elevationDeg);
    await stands(beside);
    const besideDeg = separationDeg(beside, sun);
    const least = await nearestDeg(async () => {
      await driver.client.move({ rotor: rotor(), target: west });
      await stands(west);
    });
    expect(least).toBeGreaterThan(besideDeg - 0.1);
  });

  test('is no obstacle once the owner says so', async () => {
    const target = at(sun.azimuthDeg, sun.elevationDeg);
    await driver.client.move({ rotor: rotor({ avoidSun: false }), target });
    await until('it points at the Sun', () => rotator.read()[0] === Number(sun.azimuthDeg.toFixed(4)));
  });
});

describe('wind', () => {
  let broker: TestBroker;
  let station: mqtt.MqttClient;

  beforeEach(async () => {
    broker = await startAedes();
    station = await mqtt.connectAsync(broker.url);
    rotator = createFakeRotator(20);
    server.script = hamlibScript(rotator);
    driver = await startTestDriver({
      MQTT_URL: broker.url,
      SUSPEND_TOPIC: 'garden/wind',
      SUSPEND_WHEN: 'gust > 12',
    });
  });
  afterEach(async () => {
    await station.endAsync();
    await broker.close();
  });

  const slow = (change: Partial<RotorConfig> = {}) => {
    const axis = { speedDegPerS: 20, accelerationDegPerS2: 1e6 };
    return rotor({ azimuth: axis, elevation: axis, ...change });
  };
  const blows = (gust: number) =>
    station.publishAsync('garden/wind', JSON.stringify({ gust }), { qos: 1, retain: true });
  /** The driver hears of the wind on its own connection. */
  const isRefused = (target: Pointing, moved = slow()) =>
    until('moves are refused', async () => {
      const refusal = await driver.client.move({ rotor: moved, target }).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (!refusal) return false;
      expect(refusal).toMatchObject({
        kind: 'busy',
        message: 'moves are suspended, except to the park pointing: garden/wind says 14 (gust > 12)',
      });
      return true;
    });

  test('stops a move by hand and refuses the next; parking is allowed; calm allows all again', async () => {
    await driver.client.move({ rotor: slow(), target: at(170, 40) });
    await until('it moves', () => rotator.read()[0] > 1);
    await blows(14);
    await until('it is stopped', () => told().some((line) => line.endsWith('+S')));
    expect(rotator.read()[0]).toBeLessThan(160);
    await isRefused(at(100, 10));
    const [azimuthDeg] = rotator.read();
    expect(azimuthDeg).toBeLessThan(160);
    await driver.client.park({ rotor: slow() });
    await stands(at(0, 0));
    await blows(3);
    await until('moves are allowed', async () =>
      driver.client.move({ rotor: slow(), target: at(2, 2) }).then(
        () => true,
        () => false,
      ),
    );
    await stands(at(2, 2));
  });

  test('lets a rotor that parks go on, and refuses the slews of a lease', async () => {
    rotator.go(60, 0);
    await stands(at(60, 0));
    await driver.client.park({ rotor: slow() });
    const other = await startScriptedRotctld(hamlibScript(createFakeRotator(20)));
    await blows(14);
    await isRefused(at(50, 10), slow({ id: 2, port: other.port }));
    await stands(at(0, 0));
    await other.close();
    await until('it has parked', async () => !(await driver.client.inHand({ rotorId: 1 })).inHand);
    expect(told().filter((line) => line.endsWith('+S'))).toEqual([]);
    const hold = await holdRotor(driver.client, slow());
    await expect(slew(driver.client, hold.token, at(5, 5))).rejects.toMatchObject({ kind: 'unavailable' });
    hold.release();
  });

  test('ends a characterisation, with the rotor stopped', async () => {
    const seen = async () => {
      for await (const _ of driver.client.characterise({ rotor: slow() }));
    };
    const measured = seen();
    const ended = expect(measured).rejects.toMatchObject({
      message: expect.stringContaining('garden/wind says 14') as string,
    });
    await until('it moves', () => rotator.read().some((deg) => deg > 1));
    await blows(14);
    await ended;
    await until('it is stopped', () => told().at(-1)?.endsWith('+S'));
  });
});

/** A place where the Sun stands half way up now, and where it stands there. */
function morningSomewhere() {
  const nowMs = Date.now();
  const places = Array.from({ length: 360 }, (_, i) => {
    const site = { latitudeDeg: 45, longitudeDeg: i - 180 };
    return { site, sun: createSunAndMoon(site).sun(nowMs) };
  });
  const aside = ({ sun }: { sun: Pointing }) =>
    Math.abs(sun.elevationDeg - 15) + (sun.azimuthDeg > 180 ? 1_000 : 0);
  return places.reduce((best, place) => (aside(place) < aside(best) ? place : best));
}
