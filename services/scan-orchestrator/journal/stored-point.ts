import {
  STATISTICS,
  bytesOfCodes,
  codesOfBytes,
  type PointSpectrum,
  type SpectrumCodes,
} from '#shared/spectrum/point-spectrum';
import type { MeasuredPoint } from '../domain/measurement.ts';

/** A spectrum as JSON: lists are base64, unknown ones null. */
interface StoredSpectrum extends Omit<PointSpectrum, 'band' | 'codes' | 'floorDb'> {
  band: { firstChannelHz: number; channelHz: number; flags: string };
  floorDb: number | null;
  codes: Record<keyof SpectrumCodes, string | null>;
}

export interface StoredPoint extends Omit<MeasuredPoint, 'spectra'> {
  spectra?: StoredSpectrum[];
}

/** A point as JSON. It and its spectra are one value, so that neither exists alone. */
export function storedPoint({ spectra, ...point }: MeasuredPoint): StoredPoint {
  return spectra ? { ...point, spectra: spectra.map(stored) } : point;
}

export function pointOfStored({ spectra, ...point }: StoredPoint, withSpectra: boolean): MeasuredPoint {
  return spectra && withSpectra ? { ...point, spectra: spectra.map(spectrumOf) } : point;
}

/** Approximate size of a point in memory and in messages, bytes. */
export function sizeOf({ spectra = [] }: MeasuredPoint): number {
  const bytes = ({ band, codes }: PointSpectrum) =>
    band.flags.length + STATISTICS.reduce((sum, statistic) => sum + (codes[statistic]?.byteLength ?? 0), 0);
  return spectra.reduce((sum, spectrum) => sum + bytes(spectrum), 300);
}

function stored({ band, floorDb, codes, ...rest }: PointSpectrum): StoredSpectrum {
  return {
    ...rest,
    band: { ...band, flags: Buffer.from(band.flags).toString('base64') },
    floorDb: Number.isNaN(floorDb) ? null : floorDb,
    codes: mapped(codes, (list) => (list ? Buffer.from(bytesOfCodes(list)).toString('base64') : null)),
  };
}

function spectrumOf({ band, floorDb, codes, ...rest }: StoredSpectrum): PointSpectrum {
  return {
    ...rest,
    band: { ...band, flags: Uint8Array.from(Buffer.from(band.flags, 'base64')) },
    floorDb: floorDb ?? NaN,
    codes: mapped(codes, (text) => (text === null ? undefined : codesOfBytes(Buffer.from(text, 'base64')))),
  };
}

function mapped<From, To>(
  lists: Record<keyof SpectrumCodes, From>,
  map: (list: From) => To,
): Record<keyof SpectrumCodes, To> {
  const entries = STATISTICS.map((statistic) => [statistic, map(lists[statistic])]);
  return Object.fromEntries(entries) as Record<keyof SpectrumCodes, To>;
}
