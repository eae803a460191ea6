import { UNKNOWN, valueOf, type Statistic } from '#shared/spectrum/point-spectrum';
import type { Plane } from '../../store/spectra/read-planes.ts';
import type { BandSelection } from '../../store/spectra/read-band.ts';
import type { BulkFormat } from '../bulk-response.ts';
import { unitOfBand } from '../spectrum-fields.ts';
import { fitsHeader, fitsPadding, type Card } from './fits-header.ts';
import { FITS_TYPE } from './fits.ts';
import { directionCards, type MapGrid } from './map-grid.ts';

/**
 * A cube in FITS: azimuth, elevation, frequency; the newest spectrum of each cell, in the codes in
 * which it is stored.
 */
export function cubeFormat(
  { band, range, statistic }: BandSelection,
  { grid, cards }: { grid: MapGrid; cards: readonly Card[] },
): BulkFormat<Plane> {
  const channels = range.lastChannel - range.firstChannel + 1;
  return {
    ...FITS_TYPE,
    async *encode(planes) {
      yield fitsHeader([
        ['SIMPLE', true, 'FITS standard 4.0'],
        ['BITPIX', 16],
        ['NAXIS', 3],
        ['NAXIS1', grid.columns],
        ['NAXIS2', grid.rows],
        ['NAXIS3', channels],
        ...directionCards(grid),
        ['CTYPE3', 'FREQ', 'Centre of a channel'],
        ['CUNIT3', 'Hz'],
        ['CRPIX3', 1],
        ['CRVAL3', band.firstChannelHz + range.firstChannel * band.channelHz],
        ['CDELT3', band.channelHz],
        ['SPECSYS', 'TOPOCENT'],
        ['BSCALE', scaleOf(statistic)],
        ['BZERO', 0],
        ['BLANK', UNKNOWN, 'Not measured'],
        ['BUNIT', unitOf(statistic, unitOfBand(band))],
        ['BTYPE', statistic],
        ...cards,
      ]);
      let bytes = 0;
      for await (const plane of planes) {
        const pixels = bigEndian(plane);
        bytes += pixels.length;
        yield pixels;
      }
      yield fitsPadding(bytes);
    },
  };
}

/** Of the kurtosis, its level: 10 log10 of it is in proportion to the codes. */
function scaleOf(statistic: Statistic): number {
  const ofOne = valueOf(statistic, 1);
  return statistic === 'kurtosis' ? Number((10 * Math.log10(ofOne)).toFixed(9)) : ofOne;
}

function unitOf(statistic: Statistic, levelUnit: string): string {
  if (statistic === 'occupancy') return '';
  return statistic === 'kurtosis' ? 'dB' : levelUnit;
}

function bigEndian(plane: Int16Array): Buffer {
  const pixels = Buffer.alloc(plane.byteLength);
  plane.forEach((code, k) => void pixels.writeInt16BE(code, 2 * k));
  return pixels;
}
