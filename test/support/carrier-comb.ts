import type { Tone } from './librtlsdr.ts';

/** A carrier of a comb. */
export interface CombCarrier extends Tone {
  /** Why it is there, for the message of a failed test. */
  place: string;
}

/** The channels of a spectrum, and what is at which frequency. */
export interface CombBand {
  /** Centre of the first channel. */
  firstHz: number;
  channelHz: number;
  channels: number;
  tunersHz: readonly number[];
  /** Ends of the wanted bandwidth. */
  lowHz: number;
  highHz: number;
  /**
   * Two hops, whose edges are cut off, meet in the middle. With one hop the channels are the whole
   * sampled band.
   */
  hasSeam: boolean;
}

/** In channels, between two carriers: three channels then contain one of them. */
const MIN_SPACING = 7;
/** To the end of the bandwidth: the carrier then counts fully or not at all. */
const FROM_END = 2.75;
/** To the tuner: none of the three channels has the flag DC. */
const FROM_TUNER = 3;
/** Added on one of the sides of the two, so that there is a carrier on both. */
const FARTHER = 2.25;
/** Flat part of the receiver's filter, relative to the sample rate, on each side of the tuner. */
const FLAT_SHARE = 0.46;
const EVENLY_SPACED = 20;
const LEVELS_DBFS = [-26, -29, -32, -35];
/** Of a channel, from its centre: the frequencies differ from round to round. */
const FRACTIONS = [0, 0.5, 0.25, 0.75];
/** To the border of two hops, which is between two channels: 0.5 is a centre. */
const FROM_SEAM = [0, 0.5, -0.5, 0.2];
export const ROUNDS = FRACTIONS.map((_, round) => round);

/**
 * Carriers of -26 to -35 dBFS across the whole band, at most 31; with 64 channels fewer. `round`:
 * each of `ROUNDS` has other frequencies.
 */
export function combOf(band: CombBand, round: number): CombCarrier[] {
  const taken: Place[] = [];
  for (const candidate of [...endsOf(band, round), ...limitsOf(band, round), ...evenlySpaced(band, round)])
    if (isUsable(band, candidate) && taken.every((other) => apart(band, candidate, other) >= MIN_SPACING))
      taken.push(candidate);
  return taken.map(({ place, at }, k) => ({
    place,
    hz: band.firstHz + at * band.channelHz,
    dbfs: LEVELS_DBFS[k % LEVELS_DBFS.length] as number,
  }));
}

/** Position of a frequency: 0 is the centre of the first channel, 1 that of the next one. */
export function channelAt({ firstHz, channelHz }: CombBand, hz: number): number {
  return (hz - firstHz) / channelHz;
}

/** Whether a carrier is inside the wanted bandwidth. */
export function isWanted({ lowHz, highHz }: CombBand, { hz }: Tone): boolean {
  return hz >= lowHz && hz <= highHz;
}

/** Whether the flag BAND_EDGE belongs to a channel. Both hops are cut off before it. */
export function isBandEdge({ channels, hasSeam }: CombBand, channel: number): boolean {
  return !hasSeam && Math.abs(channel - channels / 2) > FLAT_SHARE * channels;
}

interface Place {
  place: string;
  at: number;
}

/** Near the ends of the band, and at the flag BAND_EDGE or the border of two hops. */
function endsOf({ channels, hasSeam }: CombBand, round: number): Place[] {
  const fraction = FRACTIONS[round] as number;
  const isOdd = round % 2 === 1;
  const flat = FLAT_SHARE * channels + (isOdd ? 4 : -4);
  // The last half channel of the sampled band is part of the first channel.
  const last = hasSeam ? channels - 3 : channels - 1.1;
  return [
    { place: 'lower end of the band', at: (isOdd ? 8 : 1) + fraction },
    { place: 'upper end of the band', at: (isOdd ? last : channels - 8) + fraction },
    ...(hasSeam
      ? [{ place: 'border of two hops', at: channels / 2 - 0.5 + (FROM_SEAM[round] as number) }]
      : [-1, 1].map((side) => ({
          place: 'start of the band edge',
          at: Math.round(channels / 2 + side * flat) + fraction,
        }))),
  ];
}

/** On both sides of the tuner and of the ends of the bandwidth. */
function limitsOf(band: CombBand, round: number): Place[] {
  const [below, above] = round % 2 === 1 ? [FARTHER, 0] : [0, FARTHER];
  return [
    ...band.tunersHz.flatMap((hz) => [
      { place: 'below the tuner', at: channelAt(band, hz) - FROM_TUNER - below },
      { place: 'above the tuner', at: channelAt(band, hz) + FROM_TUNER + above },
    ]),
    ...[band.lowHz, band.highHz].flatMap((hz) => [
      { place: 'below an end of the bandwidth', at: channelAt(band, hz) - FROM_END - below },
      { place: 'above an end of the bandwidth', at: channelAt(band, hz) + FROM_END + above },
    ]),
  ];
}

function evenlySpaced({ channels }: CombBand, round: number): Place[] {
  return Array.from({ length: EVENLY_SPACED }, (_, k) => ({
    place: 'evenly spaced',
    at:
      Math.round(((k + 0.5) * channels) / EVENLY_SPACED) +
      (FRACTIONS[(k + round) % FRACTIONS.length] as number),
  }));
}

function isUsable(band: CombBand, { at }: Place): boolean {
  const isFrom = (hz: number, distance: number) => Math.abs(channelAt(band, hz) - at) > distance - 1e-6;
  return (
    at >= 1 &&
    at < band.channels - 0.1 &&
    band.tunersHz.every((hz) => isFrom(hz, FROM_TUNER)) &&
    [band.lowHz, band.highHz].every((hz) => isFrom(hz, FROM_END))
  );
}

function apart({ channels, hasSeam }: CombBand, a: Place, b: Place): number {
  const distance = Math.abs(a.at - b.at);
  return hasSeam ? distance : Math.min(distance, channels - distance);
}
