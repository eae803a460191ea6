import { separationDeg } from '#shared/sky/pointing';
import { chiSquareOf, offsetDeg } from '../identification/offsets.ts';
import type { Source } from '../finder/describe-sources.ts';
import type { ChannelSource } from '../finder/describe-channels.ts';
import type { ChannelRange } from '../finder/merge-channels.ts';
import type { SessionSource } from './session-map.ts';

/** Sources are at one place if they are nearer than this, in beam widths. */
const SAME_PLACE = 0.5;
/** A source is narrow if it is this many times stronger on its channels than in the whole band. */
const CONCENTRATED = 3;
/** Of the power of the source in the whole band: its channels explain it. */
const MAIN_SHARE = 0.5;
/** Chi square of two dimensions exceeds it in 1 % of all cases. */
const SAME_CHI_SQUARE = 9.21;

/**
 * The sources of a band: those of the total power and those of its channels. What both show is one
 * source: narrow if its channels have most of its power, else on the whole band.
 * @param channelHz Width of a channel.
 */
export function combineSources(
  total: readonly Source[],
  byChannel: readonly ChannelSource[],
  { band, channelHz, beamWidthDeg }: { band: ChannelRange; channelHz: number; beamWidthDeg: number },
): SessionSource[] {
  const isNear = (a: Source, b: Source) => separationDeg(a, b) < SAME_PLACE * beamWidthDeg;
  const bandHz = band.toHz - band.fromHz;
  const narrow: SessionSource[] = [];
  const explained = new Set<Source>();
  for (const source of byChannel) {
    const wide = total.find((each) => isNear(each, source));
    const ratio = 10 ** (source.peakDb / 10) - 1;
    const wideRatio = wide ? 10 ** (wide.peakDb / 10) - 1 : 0;
    // As strong as the whole band: these are some of the channels of a broad source.
    if (wide && ratio < CONCENTRATED * wideRatio) continue;
    const share = (ratio * Math.max(channelHz, source.bandwidthHz)) / bandHz;
    if (wide && share >= MAIN_SHARE * wideRatio) explained.add(wide);
    const { bandwidthHz, ...rest } = source;
    narrow.push({ ...rest, isNarrow: bandwidthHz < MAIN_SHARE * bandHz });
  }
  const broad = total
    .filter((source) => !explained.has(source))
    .map((source) => {
      const seen = byChannel.find((each) => isNear(each, source));
      return { ...source, channels: [band], occupancy: seen?.occupancy, isNarrow: false };
    });
  return byPeak([...broad, ...narrow]);
}

/**
 * Sources of several bands at the same place are one source, with the position of the one with the
 * highest signal-to-noise ratio.
 */
export function mergeBands(
  bands: readonly (readonly SessionSource[])[],
  beamWidthDeg: number,
): SessionSource[] {
  const merged: { source: SessionSource; bands: Set<number> }[] = [];
  const all = bands.flatMap((sources, band) => sources.map((source) => ({ source, band })));
  for (const { source, band } of all.sort((a, b) => b.source.snr - a.source.snr)) {
    const same = merged.find((each) => !each.bands.has(band) && isSame(each.source, source, beamWidthDeg));
    if (!same) {
      merged.push({ source, bands: new Set([band]) });
      continue;
    }
    same.bands.add(band);
    const { channels, occupancy, firstSeenMs, lastSeenMs, isNarrow } = same.source;
    same.source = {
      ...same.source,
      channels: [...channels, ...source.channels].sort((a, b) => a.fromHz - b.fromHz),
      occupancy: largest(occupancy, source.occupancy),
      firstSeenMs: Math.min(firstSeenMs, source.firstSeenMs),
      lastSeenMs: Math.max(lastSeenMs, source.lastSeenMs),
      isNarrow: isNarrow && source.isNarrow,
    };
  }
  return byPeak(merged.map(({ source }) => source));
}

function isSame(a: Source, b: Source, beamWidthDeg: number): boolean {
  if (separationDeg(a, b) >= SAME_PLACE * beamWidthDeg) return false;
  const [[axx, axy], [, ayy]] = a.covarianceDeg2;
  const [[bxx, bxy], [, byy]] = b.covarianceDeg2;
  const both = { xx: axx + bxx, xy: axy + bxy, yy: ayy + byy };
  return chiSquareOf(offsetDeg(a, b), both) < SAME_CHI_SQUARE;
}

function largest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}

function byPeak(sources: SessionSource[]): SessionSource[] {
  return sources.sort((a, b) => b.peakDb - a.peakDb);
}
