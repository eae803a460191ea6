import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { callApi, type PublishedSession } from '../support/stack-client.ts';
import { startObservatory } from '../support/observatory.ts';
import { startRealRotctld } from '../support/rotctld-real.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';
import { boundSeconds } from './bound.ts';
import { profileSimulator, registerProfile, STEP_PROFILES, type StepProfile } from './step-profiles.ts';
import { watchEnd } from './watch-end.ts';

/** Measured time of a scan and its lower bound. */
export interface StepFigures {
  name: string;
  points: number;
  /** Only slews between cells, settle and dwell (spanning tree bound). */
  boundS: number;
  /**
   * From the start of the first slew to the last point in the journal; the rotor starts on the
   * first cell.
   */
  wallS: number;
  /** wall / bound */
  ratio: number;
  goal: number;
  /** `preview` / wall */
  previewRatio: number;
  /** Expected over real duration, with the expected end as published at the start. */
  etaRatio: number;
  /** Load average of the last minute at the end. */
  load: number;
}

export const READ_MS = 10;
const READS = 10;
const STEP_DEG = 2;
const FIRST = { azimuth: 0, elevation: 20 };

/**
 * Times a stop-and-go scan of `columns` x `rows` cells on each profile, through all processes from
 * `dist`.
 */
export async function measureSteps(
  profiles: readonly StepProfile[],
  columns: number,
  rows: number,
  onFigures: (figures: StepFigures) => void = () => undefined,
): Promise<StepFigures[]> {
  const all: StepFigures[] = [];
  for (const profile of profiles) {
    const figures = await measureProfile(profile, columns, rows);
    onFigures(figures);
    all.push(figures);
  }
  return all;
}

async function measureProfile(profile: StepProfile, columns: number, rows: number): Promise<StepFigures> {
  const rotctld = profile.resolutionDeg === undefined ? await startRealRotctld() : undefined;
  // Every position query delays Hamlib's dummy by half a millisecond, so the dongle must not follow
  // it.
  const observatory = rotctld && (await startObservatory());
  const stack = await startTestStack({
    ...(rotctld && { rotctld: `127.0.0.1:${rotctld.port}` }),
    ...(observatory && { rtlTcp: `127.0.0.1:${observatory.rtlTcpPort}` }),
    simulator: profileSimulator(profile),
  });
  try {
    const port = rotctld?.port ?? stack.addresses.simulator.rotctldPort;
    await registerProfile(stack, profile, READ_MS, port);
    return await measureScan(stack, profile, columns, rows);
  } finally {
    await stack.stop();
    await observatory?.close();
    await rotctld?.kill();
  }
}

/** Times a scan of rotor 1, which has this profile. `change`: more fields of the request. */
export async function measureScan(
  stack: TestStack,
  profile: StepProfile,
  columns: number,
  rows: number,
  change: object = {},
): Promise<StepFigures> {
  await callApi(stack, 'POST', '/api/rotors/1/move', FIRST);
  await until('the first cell', async () => {
    const now = await callApi<Position>(stack, 'GET', '/api/rotors/1/position');
    return now.azimuth === FIRST.azimuth && now.elevation === FIRST.elevation && !now.moving;
  });
  const request = {
    rotor_id: 1,
    az_start: FIRST.azimuth,
    az_end: FIRST.azimuth + STEP_DEG * (columns - 1),
    el_start: FIRST.elevation,
    el_end: FIRST.elevation + STEP_DEG * (rows - 1),
    step_deg: STEP_DEG,
    rssi_iterations: READS,
    ...change,
  };
  const preview = await callApi<Preview>(stack, 'POST', '/api/skyscan/preview', request);
  const watch = await watchEnd(`mqtt://127.0.0.1:${stack.addresses.mqttPort}`);
  const points = columns * rows;
  const { id } = await callApi<PublishedSession>(stack, 'POST', '/api/skyscan/start', request);
  const { first: running, last: ended } = await watch.completed(id, 3_600_000);
  await watch.close();
  const startedMs = Date.parse(String(ended.started_at));
  const wallS = (Date.parse(String(ended.finished_at)) - startedMs) / 1000;
  const standingS = (profile.settleMs + READS * READ_MS) / 1000;
  const boundS = boundSeconds({ rows, columns, stepDeg: STEP_DEG }, profile.motion, standingS);
  return {
    name: profile.name,
    points,
    boundS,
    wallS,
    ratio: wallS / boundS,
    goal: profile.goal,
    previewRatio: preview.expected_duration_s / wallS,
    etaRatio: (Date.parse(String(running?.eta)) - startedMs) / 1000 / wallS,
    load: loadavg()[0] ?? NaN,
  };
}

interface Position {
  azimuth: number;
  elevation: number;
  moving: boolean;
}

interface Preview {
  expected_duration_s: number;
}

function show(figures: StepFigures): void {
  const seconds = (value: number) => value.toFixed(2).padStart(7);
  console.log(
    `${figures.name.padEnd(14)} ${figures.points} points  bound ${seconds(figures.boundS)} s  wall ${seconds(figures.wallS)} s` +
      `  wall/bound ${figures.ratio.toFixed(4)} (goal ${figures.goal})  preview/wall ${figures.previewRatio.toFixed(3)}` +
      `  eta/wall ${figures.etaRatio.toFixed(3)}  load ${figures.load.toFixed(1)}`,
  );
}

// node --conditions=source --import tsx test/bench/step.ts [columns] [rows] [part of a profile's
// name]
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [columns = '10', rows = '3', name = ''] = process.argv.slice(2);
  const chosen = STEP_PROFILES.filter((profile) => profile.name.includes(name));
  await measureSteps(chosen, Number(columns), Number(rows), show);
}
