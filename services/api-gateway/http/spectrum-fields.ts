import { UNKNOWN, valueOf, type Statistic } from '#shared/spectrum/point-spectrum';
import { rounded } from '../domain/rounding.ts';
import type { StoredBand } from '../store/spectra/bands.ts';

/** The fields of a spectrum that describe its channels. */
export function channelFields(band: StoredBand) {
  return {
    band: band.band,
    unit: unitOfBand(band),
    first_channel_hz: band.firstChannelHz,
    channel_hz: band.channelHz,
    channels: band.channels,
  };
}

/** Values for JSON; NaN: not known. */
export function published(statistic: Statistic, values: ArrayLike<number>): (number | null)[] {
  const all: (number | null)[] = [];
  // Array.from would take several times as long.
  for (let k = 0; k < values.length; k++) {
    const value = values[k] as number;
    all.push(Number.isNaN(value) ? null : rounded(statistic, value));
  }
  return all;
}

/** The values of codes for JSON. */
export function publishedCodes(statistic: Statistic, codes: Int16Array): (number | null)[] {
  const all: (number | null)[] = [];
  for (let k = 0; k < codes.length; k++) {
    const code = codes[k] as number;
    all.push(code === UNKNOWN ? null : rounded(statistic, valueOf(statistic, code)));
  }
  return all;
}

/** The unit of the levels of a band. */
export function unitOfBand({ isCalibrated }: StoredBand): 'dBm' | 'dBFS' {
  return isCalibrated ? 'dBm' : 'dBFS';
}
