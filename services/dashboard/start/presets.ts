import { beamWidthsOf } from '#contract/beam-widths';
import type { Receiver } from '#contract/rest/receivers';
import type { Rotor } from '#contract/rest/rotors';
import type { ScanRequest } from '#contract/rest/sessions';
import { azimuthOnCircleDeg, ZENITH_DEG } from '#shared/sky/pointing';

type Bounds = Record<keyof Pick<ScanRequest, 'az_start' | 'az_end' | 'el_start' | 'el_end'>, string>;
type Azimuths = Pick<Bounds, 'az_start' | 'az_end'>;
type Limits = Pick<Rotor, 'az_min' | 'az_max' | 'min_elevation' | 'max_elevation' | 'horizon'>;

/** What the beam of a rotor depends on. */
type BeamRotor = Parameters<typeof beamWidthsOf>[0];

/** The azimuths that the API accepts, degrees. */
export interface AzimuthRange {
  min: number;
  max: number;
}

/**
 * The sky that the rotor reaches at every azimuth: from its lowest elevation or the highest point
 * of its horizon mask upwards.
 */
export function wholeSky(rotor: Limits, range: AzimuthRange): Bounds {
  return {
    ...allAzimuths(rotor, range),
    el_start: text(lowestDeg(rotor)),
    // Scans of the sky do not turn the mount over.
    el_end: text(Math.min(ZENITH_DEG, rotor.max_elevation)),
  };
}

/** One row at the lowest elevation that the rotor reaches at every azimuth. */
export function horizonSweep(rotor: Limits, range: AzimuthRange): Bounds {
  const lowest = text(lowestDeg(rotor));
  return { ...allAzimuths(rotor, range), el_start: lowest, el_end: lowest };
}

/** The step of a horizon survey, degrees. */
const SURVEY_STEP_DEG = 0.6;

/**
 * One turn at the lowest elevation with a spectrum every 0.6 deg; on the fly if the receiver knows
 * the times of its reads.
 */
export function horizonSurvey(rotor: Limits, range: AzimuthRange, timesReads: boolean) {
  return {
    ...horizonSweep(rotor, range),
    step_deg: text(SURVEY_STEP_DEG),
    grid: 'rectangular',
    scan_mode: timesReads ? 'on_the_fly' : 'step',
    spectrum: true,
    'spectrum.channels': '1024',
  };
}

/** Of the narrower axis: a coarser grid loses more than 2.9 dB of a source between its points. */
const COARSE_STEP_BEAMS = 0.7;

/** A coarse grid with refinement; undefined if the beam width is unknown. */
export function coarseThenFine(rotor: BeamRotor) {
  const widths = beamWidthsOf(rotor);
  if (!widths) return undefined;
  const narrowest = Math.min(widths.azimuthDeg, widths.elevationDeg);
  return { step_deg: text(COARSE_STEP_BEAMS * narrowest), refine: true };
}

/** A pattern needs five points across a beam, and side lobes are within three beams of it. */
const FRAME_STEP_BEAMS = 0.2;
const FRAME_REACH_BEAMS = 3;
const MAX_FRAME_REACH_DEG = 90;

/**
 * A grid of offsets from a source that suits the beam: the step its narrower axis, the area both.
 * Undefined if the beam width is unknown.
 */
export function frameArea(rotor: BeamRotor): (Bounds & { step_deg: string }) | undefined {
  const widths = beamWidthsOf(rotor);
  if (!widths) return undefined;
  const { azimuthDeg, elevationDeg } = widths;
  const stepDeg = Math.max(0.01, FRAME_STEP_BEAMS * Math.min(azimuthDeg, elevationDeg));
  // Whole steps, so that the source is a point of the grid.
  const reach = (widthDeg: number) =>
    stepDeg * Math.floor(Math.min(MAX_FRAME_REACH_DEG, FRAME_REACH_BEAMS * widthDeg) / stepDeg + 1e-9);
  return {
    az_start: text(-reach(azimuthDeg)),
    az_end: text(reach(azimuthDeg)),
    el_start: text(-reach(elevationDeg)),
    el_end: text(reach(elevationDeg)),
    step_deg: text(stepDeg),
  };
}

/**
 * Whether a receiver knows the times of its reads: one that delivers samples does, one that
 * delivers finished levels (rtl_power, rotctld) does not.
 */
export function timesReads(
  rotor: Pick<Rotor, 'rssi_source' | 'receiver'>,
  receivers: readonly Pick<Receiver, 'name' | 'sample_rate_hz'>[],
): boolean {
  const receiver = receivers.find(({ name }) => name === rotor.receiver);
  return rotor.rssi_source === 'sdr' && typeof receiver?.sample_rate_hz === 'number';
}

/**
 * A sector of `widthDeg` (at most 360) around a direction. A sector through north has `az_end` <
 * `az_start`.
 */
export function sectorAround(directionDeg: number, widthDeg: number): Azimuths {
  if (widthDeg >= 360) {
    const from = azimuthOnCircleDeg(directionDeg);
    return { az_start: text(from - 180), az_end: text(from + 180) };
  }
  const start = azimuthOnCircleDeg(directionDeg - widthDeg / 2);
  return { az_start: text(start), az_end: text(azimuthOnCircleDeg(start + widthDeg)) };
}

/** The full circle, or the whole travel if that is less. */
function allAzimuths({ az_min, az_max }: Limits, { min, max }: AzimuthRange): Azimuths {
  if (az_max - az_min >= 360) return { az_start: '0', az_end: '360' };
  // Shifts a travel beyond the allowed azimuths by one turn.
  const turns = az_max > max ? -360 : az_min < min ? 360 : 0;
  return { az_start: text(az_min + turns), az_end: text(az_max + turns) };
}

/** The mask is linear between its points, so its maximum is at a point. */
function lowestDeg({ min_elevation, max_elevation, horizon }: Limits): number {
  return Math.min(max_elevation, Math.max(min_elevation, ...horizon.map(([, elevation]) => elevation)));
}

// Rounds to 0.001 deg to remove floating-point noise.
function text(deg: number): string {
  return String(Math.round(deg * 1000) / 1000);
}
