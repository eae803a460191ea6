import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import mqtt from 'mqtt';
import { describe, expect, test } from 'vitest';
import { errorMessage } from '#shared/base/errors';
import { createRandom } from '../../services/simulator/domain/random.ts';
import { checkedMqttMessage } from '../support/checked-message.ts';
import { spawnLauncher, untilLaunched, untilStarted, type LaunchedProcess } from '../support/launcher.ts';
import { createCutDisk, powerCutUnavailableReason, type CutDisk } from '../support/power-cut.ts';
import { until } from '../support/until.ts';

// Cuts the power of the disk during the first start of the launcher, the schema migration, and a
// scan. CI makes a few cuts; POWER_CUTS=40 (`npm run test:power-cuts`) makes more, POWER_CUT_SEED
// changes the moments.

interface Point {
  azimuth: number;
  elevation: number;
  measured_at: string;
}

interface Session {
  status: string;
  notes: string | null;
}

interface Moment {
  name: string;
  /** Resolves at the moment of the cut. */
  untilReached(world: World): Promise<void>;
}

interface World {
  launched: LaunchedProcess;
  dataDir: string;
  /** Published points; a point is published only after it is journaled. */
  points: Point[];
}

const CUTS = Number(process.env['POWER_CUTS'] ?? 3);
const SEED = Number(process.env['POWER_CUT_SEED'] ?? 11);

const reason = await powerCutUnavailableReason();
// Loop devices are not available on every machine.
if (reason !== undefined) process.stderr.write(`skipped: power cuts: ${reason}\n`);

describe.skipIf(reason !== undefined)(
  `power cuts${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    test.each(moments(CUTS, SEED))(
      '$name: the next start works and has every published point',
      async (moment) => {
        const disk = createCutDisk();
        try {
          await cutOnce(disk, moment);
        } finally {
          await disk.close();
        }
      },
    );
  },
);

async function cutOnce(disk: CutDisk, moment: Moment): Promise<void> {
  const dataDir = join(disk.folder, 'data');
  const watching = new AbortController();
  const first = await spawnLauncher(dataDir);
  const world: World = { launched: first, dataDir, points: [] };
  const watched = watchPoints(first.mqttPort, world.points, watching.signal);
  await moment.untilReached(world);
  const acknowledged = [...world.points];
  await disk.cut();
  watching.abort();
  await watched;
  await first.exited;

  disk.mount();
  const launched = await spawnLauncher(dataDir);
  await untilStarted(launched);
  await untilLaunched(
    launched,
    'rotor 1',
    async () => (await launched.get<{ id: number }[]>('/api/rotors'))[0]?.id === 1,
    60_000,
  );
  const stored = async () => {
    const answer = await launched.get<Point[] | { data: Point[] }>('/api/skyscan/1/data');
    return Array.isArray(answer) ? answer : answer.data;
  };
  const count = acknowledged.length;
  const key = ({ azimuth, elevation, measured_at }: Point) => `${azimuth} ${elevation} ${measured_at}`;
  let state = {};
  await until(
    `${count} published points and a new one`,
    async () => {
      const found = new Set((await stored()).map(key));
      const missing = acknowledged.filter((point) => !found.has(key(point))).length;
      const { status, notes } = await launched.get<Session>('/api/skyscan/1');
      state = { stored: found.size, missing, status, notes };
      return found.size > count && missing === 0;
    },
    60_000,
  ).catch((error: unknown) => {
    throw new Error(`${errorMessage(error)}: ${JSON.stringify(state)}`, { cause: error });
  });
  launched.kill('SIGTERM');
  expect(await launched.exited).toBe(0);
}

/**
 * Half of the cuts at random times after the start, a quarter during the schema migration, a
 * quarter during the scan.
 */
function moments(count: number, seed: number): Moment[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index): Moment => {
    const share = random();
    if (index % 4 < 2) {
      const ms = Math.round(200 + share * 6_000);
      return { name: `${ms} ms after the first start`, untilReached: () => delay(ms) };
    }
    if (index % 4 === 2) {
      const ms = Math.round(share * 1_500);
      return {
        name: `${ms} ms after PostgreSQL is ready, while the schema is made`,
        async untilReached({ launched, dataDir }) {
          const isReady = () => logOf(dataDir).includes('ready to accept connections');
          await untilLaunched(launched, 'PostgreSQL', isReady, 60_000);
          await delay(ms);
        },
      };
    }
    const points = 1 + Math.floor(share * 60);
    const ms = Math.round(random() * 200);
    return {
      name: `${ms} ms after point ${points} of the scan`,
      async untilReached(world) {
        const { launched } = world;
        await untilLaunched(launched, `${points} points`, () => world.points.length >= points, 120_000);
        await delay(ms);
      },
    };
  });
}

async function watchPoints(port: number, points: Point[], signal: AbortSignal): Promise<void> {
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 50, connectTimeout: 1_000 });
  client.on('error', () => undefined);
  client.on('message', (topic, payload) => {
    const { point } = checkedMqttMessage(topic, payload.toString()) as { point: Point | null };
    if (point) points.push(point);
  });
  client.subscribe('skyscan/sessions/1/points', { qos: 1 });
  if (!signal.aborted)
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  await client.endAsync(true);
}

function logOf(dataDir: string): string {
  try {
    return readFileSync(join(dataDir, 'logs/postgres.log'), 'utf8');
  } catch {
    return '';
  }
}
