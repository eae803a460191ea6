import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { RotorMotion } from '#shared/sky/kinematics';
import { callApi, type PublishedSession } from '../support/stack-client.ts';
import { startObservatory } from '../support/observatory.ts';
import { startRealRotctld } from '../support/rotctld-real.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';
import { boundSeconds } from './bound.ts';
import { watchEnd } from './watch-end.ts';

/** A rotator profile for timed scans. */
export interface StepProfile {
  name: string;
  motion: RotorMotion;
  settleMs: number;
  /**
   * Resolution of the simulated readback, degrees; undefined: Hamlib's rotctld with its dummy
   * rotator.
   */
  resolutionDeg: number | undefined;
  /** Maximum of wall over bound. */
  goal: number;
}

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

const axis = (speedDegPerS: number, accelerationDegPerS2: number) => ({ speedDegPerS, accelerationDegPerS2 });

// Typical values; real rotators differ.
const G_5500 = { azimuth: axis(6.2, 20), elevation: axis(2.69, 9) };
export const STEP_PROFILES: readonly StepProfile[] = [
  { name: 'G-5500', motion: G_5500, settleMs: 500, resolutionDeg: 0.1, goal: 1.02 },
  { name: 'G-5500, 1 deg', motion: G_5500, settleMs: 500, resolutionDeg: 1, goal: 1.02 },
  {
    name: 'SPID 24 V',
    motion: { azimuth: axis(6, 20), elevation: axis(4.5, 15) },
    settleMs: 300,
    resolutionDeg: 0.1,
    goal: 1.02,
  },
  {
    name: 'SatNOGS v3',
    motion: { azimuth: axis(13.3, 6.7), elevation: axis(13.3, 6.7) },
    settleMs: 200,
    resolutionDeg: 0.1,
    goal: 1.02,
  },
  {
    name: 'Carryout G2',
    motion: { azimuth: axis(65, 400), elevation: axis(45, 400) },
    settleMs: 100,
    resolutionDeg: 0.1,
    goal: 1.06,
  },
  {
    name: 'rotctld -m 1',
    motion: { azimuth: axis(6, 3_600), elevation: axis(6, 3_600) },
    settleMs: 100,
    resolutionDeg: undefined,
    goal: 1.02,
  },
];

const READ_MS = 10;
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
  const { azimuth, elevation } = profile.motion;
  const rotctld = profile.resolutionDeg === undefined ? await startRealRotctld() : undefined;
  // Every position query delays Hamlib's dummy by half a millisecond, so the dongle must not follow
  // it.
  const observatory = rotctld && (await startObservatory());
  const stack = await startTestStack({
    ...(rotctld && { rotctld: `127.0.0.1:${rotctld.port}` }),
    ...(observatory && { rtlTcp: `127.0.0.1:${observatory.rtlTcpPort}` }),
    simulator: {
      SIM_AZ_SPEED_DEG_S: String(azimuth.speedDegPerS),
      SIM_EL_SPEED_DEG_S: String(elevation.speedDegPerS),
      SIM_AZ_ACCELERATION_DEG_S2: String(azimuth.accelerationDegPerS2),
      SIM_EL_ACCELERATION_DEG_S2: String(elevation.accelerationDegPerS2),
      SIM_RESOLUTION_DEG: String(profile.resolutionDeg ?? 0),
    },
  });
  try {
    const port = rotctld?.port ?? stack.addresses.simulator.rotctldPort;
    return await measureScan(stack, profile, port, columns, rows);
  } finally {
    await stack.stop();
    await observatory?.close();
    await rotctld?.kill();
  }
}

async function measureScan(
  stack: TestStack,
  profile: StepProfile,
  port: number,
  columns: number,
  rows: number,
): Promise<StepFigures> {
  const { azimuth, elevation } = profile.motion;
  await callApi(stack, 'POST', '/api/rotors', {
    name: profile.name,
    port,
    tolerance_deg: 0.5,
    settle_ms: profile.settleMs,
    az_speed_deg_s: azimuth.speedDegPerS,
    el_speed_deg_s: elevation.speedDegPerS,
    az_acceleration_deg_s2: azimuth.accelerationDegPerS2,
    el_acceleration_deg_s2: elevation.accelerationDegPerS2,
    read_ms: READ_MS,
  });
  await callApi(stack, 'POST', '/api/rotors/1/move', FIRST);
  await until('the first cell', async () => {
    const {
      azimuth: az,
      elevation: el,
      moving,
    } = await callApi<Position>(stack, 'GET', '/api/rotors/1/position');
    return az === FIRST.azimuth && el === FIRST.elevation && !moving;
  });
  const request = {
    rotor_id: 1,
    az_start: FIRST.azimuth,
    az_end: FIRST.azimuth + STEP_DEG * (columns - 1),
    el_start: FIRST.elevation,
    el_end: FIRST.elevation + STEP_DEG * (rows - 1),
    step_deg: STEP_DEG,
    rssi_iterations: READS,
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
