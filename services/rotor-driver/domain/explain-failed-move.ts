import { axisDistanceDeg, formatDeg, formatPointing, type Pointing } from '#shared/sky/pointing';

/** A move that did not arrive. */
export interface FailedMove {
  /** `stalled`: no progress in two tries. `overdue`: moves for longer than any move may take. */
  verdict: 'stalled' | 'overdue';
  /** The start of the first try. */
  from: Pointing;
  readback: Pointing;
  /** The position after the stop. */
  rest: Pointing;
  setpoint: Pointing;
  toleranceDeg: number;
  /** Standard deviation of the readback at rest; 0: no noise was seen. */
  noiseDeg: number;
  /** The controller reports the position only at rest. */
  isRestOnly: boolean;
  /** Duration of the last try. */
  seconds: number;
}

// The largest error of a controller with a coarse step or a dead band.
const SHORT_DEG = 5;
const STILL_DEG = 0.1;
// Standard deviations. Two readings of a normal distribution rarely differ by more.
const SPREAD = 4;

/** The note: the observation in numbers, the likely causes in order, and the action to take. */
export function explainFailedMove(move: FailedMove): string {
  const { verdict, readback, setpoint, seconds } = move;
  const where = `at ${formatPointing(readback)} on the way to ${formatPointing(setpoint)}`;
  const what = verdict === 'overdue' ? `has not arrived after ${seconds.toFixed(0)} s` : 'stalled';
  return `${what} ${where}; ${causeOf(move)}`;
}

function causeOf(move: FailedMove): string {
  const { verdict, from, readback, rest, setpoint, toleranceDeg, noiseDeg } = move;
  const shortDeg = axisDistanceDeg(rest, setpoint);
  const spreadDeg = SPREAD * noiseDeg;
  const suffices = `a tolerance_deg of ${formatDeg(sufficientDeg(shortDeg, spreadDeg))} would suffice`;
  const moved = axisDistanceDeg(from, readback) > Math.max(STILL_DEG, spreadDeg);
  const stillMovedDeg = axisDistanceDeg(readback, rest);
  if (spreadDeg > toleranceDeg && shortDeg <= SHORT_DEG + spreadDeg)
    return `readings at rest differ by up to ${formatDeg(round(spreadDeg))} deg, tolerance_deg is ${formatDeg(toleranceDeg)}: ${suffices}; likely causes: a noisy potentiometer, its cable, interference`;
  if (verdict === 'stalled' && stillMovedDeg > Math.max(toleranceDeg, spreadDeg, 1)) {
    const where = formatPointing(rest);
    return move.isRestOnly
      ? `it reports its position only at rest, and was ${where} after the stop: ${move.seconds.toFixed(1)} s did not suffice; likely causes: configured speeds that are too high, a motor under load, ice. Measure the speeds with a stopwatch and set them, then resume`
      : `the position did not change on the way and was ${where} after the stop; likely causes: a controller that starts late, or reports its position only at rest. Look at the rotator, then resume`;
  }
  if (moved && shortDeg <= SHORT_DEG)
    return `it rests ${formatDeg(round(shortDeg))} deg short, tolerance_deg is ${formatDeg(toleranceDeg)}: ${suffices}; likely causes: a controller that stops short, a coarse readback, a dead band, wind; then cable, ice`;
  const legDeg = axisDistanceDeg(from, setpoint);
  if (!moved && legDeg <= SHORT_DEG)
    return `it did not move over a distance of ${formatDeg(round(legDeg))} deg; likely causes: a dead band of the controller (a step_deg above it, or a tolerance_deg of ${formatDeg(sufficientDeg(legDeg, spreadDeg))}, would suffice), cable, ice, limit switch, motor fuse`;
  if (verdict === 'overdue')
    return 'likely causes: configured speeds that are too high (measure them: characterise), a motor under load';
  return 'likely causes: cable, ice, limit switch, motor fuse, a controller that starts late. Look at the rotator, then resume';
}

/** A tenth of a degree more than the observed distance. */
function sufficientDeg(distanceDeg: number, spreadDeg: number): number {
  return Math.ceil(10 * (distanceDeg + spreadDeg / 2) + 1 - 1e-6) / 10;
}

function round(deg: number): number {
  return Math.round(10 * deg) / 10;
}
