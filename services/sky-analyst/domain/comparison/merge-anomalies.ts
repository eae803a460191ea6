import { separationDeg } from '#shared/sky/pointing';
import type { ChannelRange } from '../finder/merge-channels.ts';
import type { Anomaly } from './compared-session.ts';

/** Anomalies of several bands are one within this distance, in beam widths. */
const SAME_PLACE = 0.5;
/** A source on less than this part of the whole band is narrow. */
const MAIN_SHARE = 0.5;

/**
 * The anomalies of all bands, one for each place, the largest |z| first. What the first band,
 * the whole one, shows is what it is there; the channels are those of the parts that show it, or
 * the whole band if none does.
 * @param bands By band; the whole band first.
 * @param band The whole band.
 */
export function mergeAnomalies(
  bands: readonly (readonly Anomaly[])[],
  band: ChannelRange,
  beamWidthDeg: number,
): Anomaly[] {
  const [whole = [], ...parts] = bands;
  const merged: { anomaly: Anomaly; ofParts: ChannelRange[] }[] = whole.map((anomaly) => ({
    anomaly,
    ofParts: [],
  }));
  const byRatio = parts.flat().sort((a, b) => Math.abs(b.z) - Math.abs(a.z));
  for (const anomaly of byRatio) {
    const same = merged.find((each) => isSame(each.anomaly, anomaly, beamWidthDeg));
    if (same) same.ofParts.push(...anomaly.source.channels);
    else merged.push({ anomaly, ofParts: [...anomaly.source.channels] });
  }
  return merged
    .map(({ anomaly, ofParts }) => {
      const channels = ofParts.length > 0 ? unionOf(ofParts) : anomaly.source.channels;
      const isNarrow = widthOf(channels) < MAIN_SHARE * widthOf([band]);
      return { ...anomaly, source: { ...anomaly.source, channels, isNarrow } };
    })
    .sort((a, b) => Math.abs(b.z) - Math.abs(a.z));
}

/** One change of one source: at the same place, or from or to it. */
function isSame(a: Anomaly, b: Anomaly, beamWidthDeg: number): boolean {
  const places = ({ source, from }: Anomaly) => (from ? [source, from] : [source]);
  return places(a).some((one) =>
    places(b).some((other) => separationDeg(one, other) < SAME_PLACE * beamWidthDeg),
  );
}

/** Ranges that overlap or touch are one. */
function unionOf(ranges: readonly ChannelRange[]): ChannelRange[] {
  const union: ChannelRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.fromHz - b.fromHz)) {
    const last = union.at(-1);
    if (last && range.fromHz <= last.toHz + 1) last.toHz = Math.max(last.toHz, range.toHz);
    else union.push({ ...range });
  }
  return union;
}

function widthOf(ranges: readonly ChannelRange[]): number {
  return ranges.reduce((sum, { fromHz, toHz }) => sum + toHz - fromHz, 0);
}
