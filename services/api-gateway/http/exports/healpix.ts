import { ang2pix_nest, nside2npix, nside2resol } from '@hscmap/healpix';
import { degToRad, linearToDb, radToDeg } from '#shared/sky/units';
import { equatorialDirections } from '#shared/sky/celestial';
import type { Pointing } from '#shared/sky/pointing';
import type { Site } from '#shared/sky/site';
import { at } from '../../store/point-block.ts';
import type { MeasurementFormat } from '../measurement-formats.ts';
import { fitsHeader, fitsPadding, primaryHeader, tableCards, type Card } from './fits-header.ts';
import { FITS_TYPE } from './fits.ts';

export interface HealpixFacts extends SkyCoordinates {
  cards: readonly Card[];
  nside: number;
}

export interface SkyCoordinates {
  /** Longitude and latitude of a pointing at a Unix time, degrees. */
  toSky: (pointing: Pointing, unixMs: number) => { longitudeDeg: number; latitudeDeg: number };
  /** What they are, and the letter of `COORDSYS`. */
  system: { letter: string; text: string };
}

export const HORIZONTAL: SkyCoordinates = {
  toSky: ({ azimuthDeg, elevationDeg }) => ({ longitudeDeg: azimuthDeg, latitudeDeg: elevationDeg }),
  system: { letter: 'H', text: 'Horizon: the longitude is the azimuth' },
};

/** At the time of each point, to a second: 0.004 degrees. */
export function equatorial(site: Site): SkyCoordinates {
  let [second, toSky] = [NaN, equatorialDirections(site, 0)];
  return {
    toSky(pointing, unixMs) {
      const at = Math.round(unixMs / 1_000);
      if (at !== second) [second, toSky] = [at, equatorialDirections(site, 1_000 * at)];
      return toSky(pointing);
    },
    system: { letter: 'C', text: 'Equatorial, J2000' },
  };
}

/** Of `nside`: 38 MB of sums. */
const MAX_NSIDE = 512;
const ROW_BYTES = 12;

/** The smallest `nside` whose pixels are at most this wide; at most `MAX_NSIDE`. */
export function nsideFor(widthDeg: number): number {
  let nside = 1;
  while (nside < MAX_NSIDE && radToDeg(nside2resol(nside)) > widthDeg) nside *= 2;
  return nside;
}

/**
 * A sparse HEALPix map in FITS (Gorski et al. 2005; columns as healpy reads partial maps): pixels
 * in NESTED order, the mean of the linear power of their points, and how many these are.
 */
export function healpixFormat({ cards, nside, toSky, system }: HealpixFacts): MeasurementFormat {
  return {
    ...FITS_TYPE,
    async *encode(blocks) {
      yield primaryHeader(cards);
      const sums = new Float64Array(nside2npix(nside));
      const counts = new Uint32Array(sums.length);
      for await (const { rows, floats } of blocks)
        for (let k = 0; k < rows; k++) {
          const pointing = {
            azimuthDeg: at(floats.setpoint_azimuth, k),
            elevationDeg: at(floats.setpoint_elevation, k),
          };
          const { longitudeDeg, latitudeDeg } = toSky(pointing, at(floats.measured_at, k));
          const longitude = degToRad(longitudeDeg - 360 * Math.floor(longitudeDeg / 360));
          const pixel = ang2pix_nest(nside, degToRad(90 - latitudeDeg), longitude);
          sums[pixel] = at(sums, pixel) + 10 ** (at(floats.mean_dbm, k) / 10);
          counts[pixel] = at(counts, pixel) + 1;
        }
      const used = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
      yield fitsHeader([
        ...tableCards(ROW_BYTES, used, 3),
        ['EXTNAME', 'HEALPIX'],
        ['PIXTYPE', 'HEALPIX'],
        ['ORDERING', 'NESTED'],
        ['NSIDE', nside],
        ['INDXSCHM', 'EXPLICIT'],
        ['OBJECT', 'PARTIAL'],
        ['COORDSYS', system.letter, system.text],
        ['TTYPE1', 'PIXEL'],
        ['TFORM1', 'J'],
        ['TTYPE2', 'LEVEL'],
        ['TFORM2', 'E'],
        ['TTYPE3', 'POINTS'],
        ['TFORM3', 'J'],
      ]);
      yield rowsOf(sums, counts, used);
      yield fitsPadding(used * ROW_BYTES);
    },
  };
}

function rowsOf(sums: Float64Array, counts: Uint32Array, used: number): Buffer {
  const rows = Buffer.alloc(used * ROW_BYTES);
  let offset = 0;
  counts.forEach((count, pixel) => {
    if (count === 0) return;
    rows.writeInt32BE(pixel, offset);
    rows.writeFloatBE(linearToDb(at(sums, pixel) / count), offset + 4);
    rows.writeInt32BE(count, offset + 8);
    offset += ROW_BYTES;
  });
  return rows;
}
