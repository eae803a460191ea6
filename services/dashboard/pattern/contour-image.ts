import type { AntennaPattern } from '#contract/rest/patterns';
import { shadeOf, type Rgb } from '#sky-map/palettes';

export type PatternMap = NonNullable<AntennaPattern['map']>;

/** A place in a map: degrees from the beam axis, to the right and up. */
export interface MapPlace {
  rightDeg: number;
  upDeg: number;
}

export interface ContourStyle {
  palette: readonly Rgb[];
  /** Range of the colours below the peak. */
  spanDb: number;
  line: Rgb;
  /** Stripes of what was not measured. */
  unmeasured: readonly [Rgb, Rgb];
  /** Of the stripes, pixels. */
  stripePx: number;
}

/** Contour lines, dB relative to the peak. */
const CONTOURS_DB = [-3, -10, -20, -30, -40, -50, -60, -70];
/** A gain with a larger deviation is below the noise. */
const NOISE_DB = 3;
const CORNERS = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
] as const;

/** Gain and deviation at a place, between the four nearest directions; undefined: not measured. */
export function gainAt(
  { reach_deg, gain_db, sigma_db }: PatternMap,
  { rightDeg, upDeg }: MapPlace,
): { gainDb: number; sigmaDb: number } | undefined {
  const last = gain_db.length - 1;
  const [x, y] = [rightDeg, upDeg].map((deg) => ((deg / reach_deg + 1) / 2) * last) as [number, number];
  if (!(x >= 0 && y >= 0 && x <= last && y <= last)) return undefined;
  const [column, row] = [Math.min(Math.floor(x), last - 1), Math.min(Math.floor(y), last - 1)];
  const [gainDb, sigmaDb] = [gain_db, sigma_db].map((rows) => mixed(rows, row, column, x - column, y - row));
  return gainDb === undefined || sigmaDb === undefined ? undefined : { gainDb, sigmaDb };
}

function mixed(
  rows: PatternMap['gain_db'],
  row: number,
  column: number,
  right: number,
  up: number,
): number | undefined {
  let sum = 0;
  for (const [above, beside] of CORNERS) {
    const weight = (above ? up : 1 - up) * (beside ? right : 1 - right);
    const value = rows[row + above]?.[column + beside] ?? undefined;
    if (weight === 0) continue;
    if (value === undefined) return undefined;
    sum += weight * value;
  }
  return sum;
}

/**
 * A square picture of a map: colours with contour lines, stripes over what is below the noise, and
 * stripes of two greys where nothing was measured. RGBA, from the top.
 */
export function contourImage(map: PatternMap, sizePx: number, style: ContourStyle): Uint8ClampedArray {
  const pixels = new Uint8ClampedArray(4 * sizePx * sizePx);
  const bands = new Int8Array(sizePx * sizePx).fill(-1);
  const range = { min: -style.spanDb, max: 0 };
  for (let k = 0; k < sizePx * sizePx; k++) {
    const [column, row] = [k % sizePx, Math.floor(k / sizePx)];
    const found = gainAt(map, placeAt(map, column + 0.5, row + 0.5, sizePx));
    const isStripe = (column + row) % (2 * style.stripePx) < style.stripePx;
    let colour: Rgb = style.unmeasured[isStripe ? 1 : 0];
    if (found) {
      const { gainDb, sigmaDb } = found;
      const isNoise = sigmaDb > NOISE_DB;
      if (!isNoise || !isStripe) colour = style.palette[shadeOf(gainDb, range)] ?? colour;
      if (!isNoise) bands[k] = CONTOURS_DB.filter((level) => gainDb < level).length;
    }
    pixels.set(colour, 4 * k);
    pixels[4 * k + 3] = 255;
  }
  drawLines(pixels, bands, sizePx, style.line);
  return pixels;
}

/** The place of a point of the picture. */
export function placeAt({ reach_deg }: PatternMap, x: number, y: number, sizePx: number): MapPlace {
  const deg = (px: number) => ((2 * px) / sizePx - 1) * reach_deg;
  return { rightDeg: deg(x), upDeg: -deg(y) };
}

/** A line runs where the band of a pixel differs from that of the next one. */
function drawLines(pixels: Uint8ClampedArray, bands: Int8Array, sizePx: number, line: Rgb): void {
  for (let k = 0; k < bands.length - sizePx; k++) {
    const band = bands[k] as number;
    const others = [bands[k + 1], bands[k + sizePx]];
    if (band >= 0 && others.some((other) => other !== undefined && other >= 0 && other !== band))
      pixels.set(line, 4 * k);
  }
}
