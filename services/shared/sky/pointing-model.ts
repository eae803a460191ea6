import { SkyScanError } from '../base/errors.ts';
import { ZENITH_DEG, type Pointing } from './pointing.ts';
import { degToRad, radToDeg } from './units.ts';

/**
 * Errors of a mount, degrees: readback minus true direction is
 *
 *     dA = IA + CA sec E + NPAE tan E + AN sin A tan E + AW cos A tan E
 *     dE = IE + AN cos A - AW sin A
 *
 * (Wallace 1994, TPOINT, for azimuths clockwise from north). The signs of AN and AW follow from
 * the tilt: in east, north, up, an azimuth axis at (-AW, AN, 1) reads the elevation
 * asin(u . axis) = E + AN cos A - AW sin A for u = (cos E sin A, cos E cos A, sin E). Its north and
 * east are (0, 1, -AN) and (1, 0, AW), so that tan A becomes
 * (cos E sin A + AW sin E) / (cos E cos A - AN sin E).
 *
 * Beyond the zenith, where A and E are the angles of the axes, the same formulas hold.
 */
export interface PointingModel {
  /** Index errors: the zero points of azimuth and elevation. */
  IA: number;
  IE: number;
  /** Collimation: the beam is this angle to the left of the elevation axis's normal. */
  CA: number;
  /** The elevation axis is not perpendicular to the azimuth axis. */
  NPAE: number;
  /** Tilt of the azimuth axis towards north, and towards west. */
  AN: number;
  AW: number;
}

export type PointingTerm = keyof PointingModel;

export const NO_POINTING_ERROR: PointingModel = { IA: 0, IE: 0, CA: 0, NPAE: 0, AN: 0, AW: 0 };

/**
 * sec E and tan E are those of this elevation from there to the zenith, where they are infinite;
 * likewise below -85 degrees.
 */
export const HIGHEST_DEG = 85;
/**
 * Beyond the zenith, sec E and tan E change linearly to those of this elevation. The slope is small
 * enough for the largest errors to leave one direction for every readback.
 */
export const BEYOND_ZENITH_DEG = 96;
/**
 * Larger errors than this, degrees, are refused: the formulas are of the first order, and with them
 * every readback belongs to exactly one direction, also at 85 degrees.
 */
const MAX_ERROR_DEG = 2;
const ITERATIONS = 50;
const TOLERANCE_DEG = 1e-11;

/** Refuses a model whose mount needs adjustment, with value, limit and unit: `out_of_range`. */
export function checkPointingModel(model: PointingModel): void {
  const sizes = {
    CA: model.CA,
    NPAE: model.NPAE,
    'tilt of the azimuth axis': Math.hypot(model.AN, model.AW),
  };
  for (const [name, sizeDeg] of Object.entries(sizes))
    if (!(Math.abs(sizeDeg) <= MAX_ERROR_DEG))
      throw new SkyScanError(
        'out_of_range',
        `pointing model: ${name} ${sizeDeg.toFixed(3)} deg is outside -${MAX_ERROR_DEG}..${MAX_ERROR_DEG} deg: adjust the mount`,
      );
  for (const name of ['IA', 'IE'] as const)
    if (!(Math.abs(model[name]) <= 180))
      throw new SkyScanError(
        'out_of_range',
        `pointing model: ${name} ${model[name]} deg is outside -180..180 deg`,
      );
}

/** Factor of each term in dA and dE at a true direction. */
export function pointingTerms({
  azimuthDeg,
  elevationDeg,
}: Pointing): Record<PointingTerm, { azimuth: number; elevation: number }> {
  const a = degToRad(azimuthDeg);
  const [sin, cos, { sec, tan }] = [Math.sin(a), Math.cos(a), elevationFactors(elevationDeg)];
  return {
    IA: { azimuth: 1, elevation: 0 },
    IE: { azimuth: 0, elevation: 1 },
    CA: { azimuth: sec, elevation: 0 },
    NPAE: { azimuth: tan, elevation: 0 },
    AN: { azimuth: sin * tan, elevation: cos },
    AW: { azimuth: cos * tan, elevation: -sin },
  };
}

/** The setpoint, or the readback, that belongs to a true direction; azimuths stay unwrapped. */
export function setpointOf(model: PointingModel, direction: Pointing): Pointing {
  let { azimuthDeg, elevationDeg } = direction;
  for (const [name, { azimuth, elevation }] of Object.entries(pointingTerms(direction))) {
    const sizeDeg = model[name as PointingTerm];
    azimuthDeg += sizeDeg * azimuth;
    elevationDeg += sizeDeg * elevation;
  }
  return { azimuthDeg, elevationDeg };
}

/**
 * The true direction of a readback: the inverse of `setpointOf` to better than 1e-6 degrees, by
 * Newton's method.
 */
export function directionOf(model: PointingModel, readback: Pointing): Pointing {
  let { azimuthDeg, elevationDeg } = readback;
  azimuthDeg -= model.IA;
  elevationDeg -= model.IE;
  for (let n = 0; n < ITERATIONS; n++) {
    const found = setpointOf(model, { azimuthDeg, elevationDeg });
    const [x, y] = [readback.azimuthDeg - found.azimuthDeg, readback.elevationDeg - found.elevationDeg];
    if (Math.abs(x) + Math.abs(y) < TOLERANCE_DEG) break;
    const { aa, ae, ea } = slopes(model, { azimuthDeg, elevationDeg });
    const determinant = aa - ae * ea;
    azimuthDeg += (x - ae * y) / determinant;
    elevationDeg += (aa * y - ea * x) / determinant;
  }
  return { azimuthDeg, elevationDeg };
}

/** Derivatives of the setpoint: azimuth by azimuth and elevation, elevation by azimuth. */
function slopes({ CA, NPAE, AN, AW }: PointingModel, { azimuthDeg, elevationDeg }: Pointing) {
  const a = degToRad(azimuthDeg);
  const [towards, across] = [AN * Math.sin(a) + AW * Math.cos(a), AN * Math.cos(a) - AW * Math.sin(a)];
  const { tan, secSlope, tanSlope } = elevationFactors(elevationDeg);
  // Errors are in degrees per degree of direction.
  const perDegree = 1 / radToDeg(1);
  return {
    aa: 1 + across * tan * perDegree,
    ae: CA * secSlope + (NPAE + towards) * tanSlope,
    ea: -towards * perDegree,
  };
}

/** sec E and tan E as used, and their slopes per degree. */
interface ElevationFactors {
  sec: number;
  tan: number;
  secSlope: number;
  tanSlope: number;
}

function elevationFactors(elevationDeg: number): ElevationFactors {
  if (Math.abs(elevationDeg) < HIGHEST_DEG || elevationDeg > BEYOND_ZENITH_DEG)
    return exactFactors(elevationDeg);
  const end = exactFactors(Math.sign(elevationDeg) * HIGHEST_DEG);
  if (elevationDeg <= ZENITH_DEG) return { ...end, secSlope: 0, tanSlope: 0 };
  const beyond = exactFactors(BEYOND_ZENITH_DEG);
  const widthDeg = BEYOND_ZENITH_DEG - ZENITH_DEG;
  const secSlope = (beyond.sec - end.sec) / widthDeg;
  const tanSlope = (beyond.tan - end.tan) / widthDeg;
  const pastDeg = elevationDeg - ZENITH_DEG;
  return { sec: end.sec + secSlope * pastDeg, tan: end.tan + tanSlope * pastDeg, secSlope, tanSlope };
}

function exactFactors(elevationDeg: number): ElevationFactors {
  const e = degToRad(elevationDeg);
  const [sec, tan] = [1 / Math.cos(e), Math.tan(e)];
  return { sec, tan, secSlope: degToRad(sec * tan), tanSlope: degToRad(sec * sec) };
}
