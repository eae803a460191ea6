import type { PublishedMeasurement } from '#contract/rest/sessions';
import type { Pointing } from '#shared/sky/pointing';
import { dbToLinear } from '#shared/sky/units';
import { createSky } from '../../services/simulator/domain/sky.ts';
import { seenAt } from '../../services/simulator/domain/source.ts';
import { callApi, type PublishedSession } from '../support/stack-client.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';
import { boundSeconds } from './bound.ts';
import { mapErrorOf, type MapCell } from './map-error.ts';
import { figure, type Figure, type Row } from './row.ts';
import { profileSimulator, registerProfile, STEP_PROFILES, type StepProfile } from './step-profiles.ts';
import { watchEnd } from './watch-end.ts';

const STEP_DEG = 2;
const READ_MS = 10;
const READS = 10;
const PROFILES = ['G-5500', 'SPID 24 V'];
/** The default grid of the API, as columns and rows. */
const PUBLISHED = [180, 24] as const;
const OVER_BOUND = { max: 0.35 };
const BROADENING = { max: 1.03 };
const OFF_DEG = { max: STEP_DEG / 10 };
/** Radius around the source that is compared: the beam and its surroundings. */
const NEAR_DEG = 14;

/**
 * On-the-fly scans of the simulated Sun: time over the stop-and-go bound, and the map compared with
 * the truth.
 */
export const onTheFly: Row = {
  name: 'on-the-fly',
  async run({ quick, full }) {
    const profiles = PROFILES.map((name) => {
      const profile = STEP_PROFILES.find((known) => known.name === name);
      if (!profile) throw new Error(`${name} is not a profile`);
      return profile;
    });
    // In parallel: a whole scan takes 25 minutes, nearly all of it rotor motion.
    if (full) return (await Promise.all(profiles.map((one) => measureProfile(one, PUBLISHED)))).flat();
    const figures: Figure[] = [];
    for (const profile of quick ? profiles.slice(0, 1) : profiles)
      figures.push(...(await measureProfile(profile, quick ? [17, 3] : [31, 7])));
    return figures;
  },
};

async function measureProfile(
  profile: StepProfile,
  [columns, rows]: readonly [number, number],
): Promise<Figure[]> {
  const stack = await startTestStack({ simulator: profileSimulator(profile) });
  try {
    return await measureScan(stack, profile, columns, rows);
  } finally {
    await stack.stop();
  }
}

async function measureScan(
  stack: TestStack,
  profile: StepProfile,
  columns: number,
  rows: number,
): Promise<Figure[]> {
  const { name, motion, settleMs } = profile;
  await registerProfile(stack, profile, READ_MS);
  const sun = createSky(1)
    .sources.filter(({ kind }) => kind === 'sun')
    .flatMap((source) => seenAt(source, 0)?.pointing ?? [])[0];
  if (!sun) throw new Error('the simulated sky has no Sun');
  const az = Math.round(sun.azimuthDeg) - (STEP_DEG * (columns - 1)) / 2;
  const el = Math.round(sun.elevationDeg) - (STEP_DEG * (rows - 1)) / 2;
  await callApi(stack, 'POST', '/api/rotors/1/move', { azimuth: az, elevation: el });
  await until(
    'the first cell',
    async () => {
      const now = await callApi<{ azimuth: number; moving: boolean }>(stack, 'GET', '/api/rotors/1/position');
      return Math.abs(now.azimuth - az) < 0.5 && !now.moving;
    },
    120_000,
  );
  const watch = await watchEnd(`mqtt://127.0.0.1:${stack.addresses.mqttPort}`);
  try {
    const started = await stack.api<PublishedSession>('POST', '/api/skyscan/start', {
      rotor_id: 1,
      az_start: az,
      az_end: az + STEP_DEG * (columns - 1),
      el_start: el,
      el_end: el + STEP_DEG * (rows - 1),
      step_deg: STEP_DEG,
      rssi_iterations: READS,
      scan_mode: 'on_the_fly',
    });
    if (started.status !== 201) throw new Error(`start: ${started.status} ${JSON.stringify(started.body)}`);
    const { id } = started.body;
    const { last: ended } = await watch.completed(id, 1_800_000);
    const wallS = (Date.parse(String(ended.finished_at)) - Date.parse(String(ended.started_at))) / 1000;
    const boundS = boundSeconds(
      { rows, columns, stepDeg: STEP_DEG },
      motion,
      (settleMs + READS * READ_MS) / 1000,
    );
    await until('every point is stored', async () => {
      const { status } = await callApi<PublishedSession>(stack, 'GET', `/api/skyscan/${id}`);
      return status === 'completed';
    });
    const points = await callApi<PublishedMeasurement[]>(stack, 'GET', `/api/skyscan/${id}/measurements`);
    const error = mapErrorOf(await cellsOf(stack, points, sun));
    return [
      figure(`${name}: wall over stop-and-go bound, ${points.length} points`, wallS / boundS, '', OVER_BOUND),
      figure(`${name}: position error of the Sun`, error.positionDeg, 'deg', OFF_DEG),
      figure(`${name}: beam width over true width`, error.broadening, '', BROADENING),
      figure(`${name}: offset of eastward and westward rows`, error.misalignmentDeg, 'deg', OFF_DEG),
    ];
  } finally {
    await watch.close();
  }
}

/** Cells near the source, each with its true level. */
async function cellsOf(stack: TestStack, points: PublishedMeasurement[], sun: Pointing): Promise<MapCell[]> {
  const near = points.filter(
    ({ setpoint }) =>
      Math.abs(setpoint.azimuth - sun.azimuthDeg) <= NEAR_DEG &&
      Math.abs(setpoint.elevation - sun.elevationDeg) <= NEAR_DEG,
  );
  const truth = (
    await stack.simulator<number[]>(
      'POST',
      '/truth',
      near.map(({ setpoint }) => setpoint),
    )
  ).body;
  const eastward = eastwardRows(points);
  return near.map(({ row, setpoint, mean_dbm }, i) => ({
    row,
    azimuthDeg: setpoint.azimuth,
    elevationDeg: setpoint.elevation,
    measured: dbToLinear(mean_dbm),
    truth: dbToLinear(truth[i] as number),
    eastward: eastward.has(row),
  }));
}

/** Rows whose columns were measured in ascending order. */
function eastwardRows(points: readonly PublishedMeasurement[]): Set<number> {
  const rows = new Set(points.map(({ row }) => row));
  return new Set(
    [...rows].filter((row) => {
      const inRow = points.filter((point) => point.row === row);
      const [first, last] = [inRow[0], inRow.at(-1)];
      return first && last && last.column > first.column;
    }),
  );
}
