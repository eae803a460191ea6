import { chanceAbove } from '../statistics/chi-square.ts';
import { findChannelSources } from '../finder/find-channel-sources.ts';
import { findSources, type SourceReport } from '../finder/find-sources.ts';
import type { Control } from '../finder/sky-map.ts';
import { combineSources, mergeBands } from './combine-sources.ts';
import type { BandMap, SearchSettings, SessionMap, SessionReport, SessionSource } from './session-map.ts';

/** Results of another version are not comparable. */
export const FINDER_VERSION = 3;

/** Share of the time that the total power takes, if there are spectra. */
const TOTAL_SHARE = 0.1;
const STEPS = 1_000;
const DEFAULT_THRESHOLD = 5.5;
/** Probability of a false alarm in the channels of a map at the default threshold. */
const DEFAULT_RISK = 1e-4;
const MAX_RISK = 0.5;

/**
 * The sources of a session: in the total power of each band, and in its channels if it has spectra.
 * Throws `wrong_state` if there are too few points, or if the beam width is neither given nor
 * measurable.
 */
export function findSessionSources(
  map: SessionMap,
  settings: SearchSettings,
  control: Control = {},
): SessionReport {
  let beamWidthDeg = settings.beamWidthDeg;
  let widthErrorDeg: number | undefined;
  let isTruncated = false;
  let points = 0;
  const found: SessionSource[][] = [];
  for (const [index, band] of map.bands.entries()) {
    const part = (from: number, to: number): Control => ({
      ...control,
      onProgress: (done, of) =>
        control.onProgress?.(
          Math.round((STEPS * (index + from + ((to - from) * done) / of)) / map.bands.length),
          STEPS,
        ),
    });
    const totalShare = band.spectra ? TOTAL_SHARE : 1;
    const report = findInTotal(map, band, { ...settings, beamWidthDeg }, part(0, totalShare));
    beamWidthDeg = report.beamWidthDeg;
    widthErrorDeg ??= report.beamWidthErrorDeg;
    isTruncated ||= report.isTruncated;
    points = Math.max(points, report.points);
    found.push(combined(map, band, report, settings, part(totalShare, 1)));
  }
  const all = mergeBands(found, beamWidthDeg ?? 0);
  const kept = all.slice(0, settings.maxSources);
  return {
    sources: kept,
    beamWidthDeg: beamWidthDeg ?? NaN,
    beamWidthErrorDeg: widthErrorDeg,
    points,
    isTruncated: isTruncated || kept.length < all.length,
  };
}

function findInTotal(
  { azimuthDeg, elevationDeg, timeMs, clipped }: SessionMap,
  { level, bandwidthHz, integrationS, interference }: BandMap,
  { gainError, ...settings }: SearchSettings,
  control: Control,
): SourceReport {
  return findSources(
    { azimuthDeg, elevationDeg, timeMs, level, clipped, interference },
    { ...settings, noise: { bandwidthHz, integrationS, gainError } },
    control,
  );
}

function combined(
  { azimuthDeg, elevationDeg, timeMs }: SessionMap,
  { fromHz, toHz, spectra }: BandMap,
  { sources, beamWidthDeg }: SourceReport,
  { thresholdSigma = DEFAULT_THRESHOLD, measuredLobes }: SearchSettings,
  control: Control,
): SessionSource[] {
  const band = { fromHz, toHz };
  if (!spectra)
    return sources.map((source) => ({ ...source, channels: [band], occupancy: undefined, isNarrow: false }));
  const byChannel = findChannelSources(
    { azimuthDeg, elevationDeg, timeMs, ...spectra },
    {
      axis: spectra.axis,
      beamWidthDeg,
      transforms: spectra.transforms,
      risk: riskOf(thresholdSigma),
      measuredLobes,
    },
    control,
  );
  return combineSources(sources, byChannel, { band, channelHz: spectra.axis.channelHz, beamWidthDeg });
}

/** Rises with that of a Gaussian at the same threshold. */
function riskOf(thresholdSigma: number): number {
  const ratio = chanceAbove(thresholdSigma ** 2, 1) / chanceAbove(DEFAULT_THRESHOLD ** 2, 1);
  return Math.min(MAX_RISK, DEFAULT_RISK * ratio);
}
