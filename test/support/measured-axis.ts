/** Model of one axis, integrated in small steps, independent of the product's formulas. */
export interface AxisModel {
  speedDegPerS: number;
  /** Towards smaller angles; default: `speedDegPerS`. */
  downSpeedDegPerS?: number;
  accelerationDegPerS2: number;
  delayMs?: number;
  /** Resolution of the readback; 0: none. */
  stepDeg?: number;
  /** Standard deviation of the readback noise. */
  noiseDeg?: number;
  /** Play between motor and sensor; the controller reads the motor. */
  playDeg?: number;
  /** Amplitude of the swing about the target after arrival; it decays in about half a second. */
  swingDeg?: number;
}

export interface ReadbackTiming {
  /** Time between two readings. */
  apartMs: number;
  /** Every n-th reading is wrong; 0: none. */
  strayEvery?: number;
}

export interface ModelTrace {
  fromDeg: number;
  toDeg: number;
  commandedMs: number;
  readings: { atMs: number; deg: number }[];
}

const STEP_MS = 0.5;
const REST_MS = 900;
const SWING_MS = 150;

/** Readings during successive moves over these setpoints. The same seed gives the same noise. */
export function measureMoves(
  model: AxisModel,
  link: ReadbackTiming,
  setpoints: readonly number[],
  seed = 1,
): ModelTrace[] {
  const random = randomFrom(seed);
  const sensor = { deg: setpoints[0] ?? 0 };
  let nowMs = 1_000;
  let count = 0;
  return setpoints.slice(1).map((toDeg, i) => {
    const fromDeg = setpoints[i] ?? 0;
    const readings: ModelTrace['readings'] = [];
    const path = createPath(model, fromDeg, toDeg);
    const commandedMs = nowMs + 100;
    let nextMs = nowMs + random() * 10;
    const endMs = commandedMs + (model.delayMs ?? 0) + path.endMs + REST_MS + 3 * link.apartMs;
    for (; nowMs < endMs; nowMs += STEP_MS) {
      const motorDeg = path.at(nowMs - commandedMs - (model.delayMs ?? 0));
      const half = (model.playDeg ?? 0) / 2;
      sensor.deg = Math.min(Math.max(sensor.deg, motorDeg - half), motorDeg + half);
      if (nowMs < nextMs) continue;
      nextMs = nowMs + link.apartMs * (0.9 + 0.2 * random());
      const stray = link.strayEvery && ++count % link.strayEvery === 0 ? 40 * (random() - 0.5) : 0;
      const reported = sensor.deg + (model.noiseDeg ?? 0) * gaussian(random) + stray;
      const step = model.stepDeg ?? 0;
      readings.push({ atMs: nowMs, deg: step > 0 ? Math.round(reported / step) * step : reported });
    }
    return { fromDeg, toDeg, commandedMs, readings };
  });
}

/** Positions every half millisecond, from small steps of speed. */
function createPath(model: AxisModel, fromDeg: number, toDeg: number) {
  const direction = Math.sign(toDeg - fromDeg);
  const top = direction < 0 ? (model.downSpeedDegPerS ?? model.speedDegPerS) : model.speedDegPerS;
  const dt = STEP_MS / 1000;
  const way = Math.abs(toDeg - fromDeg);
  const points: number[] = [0];
  let deg = 0;
  let speed = 0;
  while (deg < way - 1e-4 && points.length < 1e6) {
    const braking = speed ** 2 / (2 * model.accelerationDegPerS2) >= way - deg;
    const change = model.accelerationDegPerS2 * dt;
    speed = braking ? Math.max(speed - change, change) : Math.min(top, speed + change);
    deg = Math.min(way, deg + speed * dt);
    points.push(deg);
  }
  const endMs = (points.length - 1) * STEP_MS;
  return {
    endMs,
    at(ms: number): number {
      const index = Math.round(ms / STEP_MS);
      if (index <= 0) return fromDeg;
      const rest = ms - endMs;
      const swing =
        rest > 0 && rest < 4 * SWING_MS
          ? (model.swingDeg ?? 0) * Math.sin((Math.PI * rest) / SWING_MS) * Math.exp(-rest / (2 * SWING_MS))
          : 0;
      return fromDeg + direction * ((points[index] ?? way) + swing);
    },
  };
}

function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
