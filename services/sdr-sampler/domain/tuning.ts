/**
 * Version of the rules in this file. A change that affects the level of a channel needs a new
 * version, which invalidates older calibrations.
 */
export const TUNING_VERSION = 2;

/** A tuning for a channel. */
export interface ChannelTuning {
  /** The channel's centre frequency minus the tuner's, Hz. */
  offsetHz: number;
}

/** How to measure a channel at a sample rate. */
export interface TuningPlan {
  /** The preferred tuning, and an alternative with another tuner frequency. */
  tunings: readonly [ChannelTuning, ChannelTuning];
  /**
   * The channel is too wide to fit beside the tuner's frequency: a signal exactly there looks like
   * the DC offset.
   */
  dcInside: boolean;
}

/** Minimum distance from the tuner's frequency without its DC offset and the noise around it. */
export const DC_GUARD_HZ = 25_000;
/** Fraction of the sample rate, on each side, within which the receiver's filter is flat. */
export const FLAT_SHARE = 0.46;
/** Offset between the two tunings of a channel nearly as wide as the sampled band. */
const SMALL_OFFSET_HZ = 20_000;
/** A smaller offset does not separate a carrier from the DC offset. */
const MIN_OFFSET_HZ = 5_000;

/** Widest channel that fits between the DC offset and the edge of the flat band, Hz. */
export function widestBesideDcHz(sampleRateHz: number): number {
  return FLAT_SHARE * sampleRateHz - DC_GUARD_HZ;
}

/**
 * Places the channel beside the tuner's frequency if it fits, near a quarter of the sample rate:
 * away from the DC offset and the edges. A wider channel contains the tuner's frequency, at
 * different positions in its two tunings. `beside`: the tuner is never at the centre of the
 * channel, where a spectrum shows the DC offset.
 */
export function planTuning(bandwidthHz: number, sampleRateHz: number, beside = false): TuningPlan {
  const half = bandwidthHz / 2;
  const flatHz = FLAT_SHARE * sampleRateHz;
  if (bandwidthHz <= widestBesideDcHz(sampleRateHz)) {
    const offsetHz = Math.round(Math.max(DC_GUARD_HZ + half, Math.min(sampleRateHz / 4, flatHz - half)));
    return { tunings: [{ offsetHz }, { offsetHz: -offsetHz }], dcInside: false };
  }
  const roomHz = Math.floor(Math.max(flatHz - half, Math.min(SMALL_OFFSET_HZ, sampleRateHz / 2 - half)));
  // As wide as the sampled band: the alternative loses part of one edge.
  if (roomHz < MIN_OFFSET_HZ)
    return {
      tunings: [{ offsetHz: beside ? -SMALL_OFFSET_HZ : 0 }, { offsetHz: SMALL_OFFSET_HZ }],
      dcInside: true,
    };
  return { tunings: [{ offsetHz: roomHz }, { offsetHz: -roomHz }], dcInside: true };
}
