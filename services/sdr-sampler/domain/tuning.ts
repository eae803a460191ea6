/**
 * Version of the rules in this file. A change that alters the level of a channel is another
 * version: older calibrations do not hold.
 */
export const TUNING_VERSION = 2;

/** Where the tuner is set for a channel. */
export interface ChannelTuning {
  /**
   * The channel's centre minus the tuner's frequency, Hz: where the channel lies in the samples.
   */
  offsetHz: number;
}

/** How a channel is measured at a sample rate. */
export interface TuningPlan {
  /**
   * The preferred tuning and the alternative, which has the tuner's own frequency at another place.
   */
  tunings: readonly [ChannelTuning, ChannelTuning];
  /**
   * The channel is too wide to lie beside the tuner's own frequency: what is exactly there looks
   * like the tuner's DC offset.
   */
  dcInside: boolean;
}

/**
 * Lowest frequency beside the tuner's own that is free of its DC offset and of the noise close to
 * it.
 */
export const DC_GUARD_HZ = 25_000;
/** Share of the sample rate up to which the receiver's filter is flat, on either side. */
export const FLAT_SHARE = 0.46;
/** Distance of the two tunings of a channel that is nearly as wide as the sampled band. */
const SMALL_OFFSET_HZ = 20_000;
/** Less than this does not move a carrier away from the DC offset. */
const MIN_OFFSET_HZ = 5_000;

/** Widest channel that fits between the DC offset and the edge of the flat band, Hz. */
export function widestBesideDcHz(sampleRateHz: number): number {
  return FLAT_SHARE * sampleRateHz - DC_GUARD_HZ;
}

/**
 * Beside the channel wherever it fits, near a quarter of the sample rate: away from the DC offset
 * and from the edges. A wider channel contains the tuner's own frequency; its two tunings have it
 * at different places.
 */
export function planTuning(bandwidthHz: number, sampleRateHz: number): TuningPlan {
  const half = bandwidthHz / 2;
  const flatHz = FLAT_SHARE * sampleRateHz;
  if (bandwidthHz <= widestBesideDcHz(sampleRateHz)) {
    const offsetHz = Math.round(Math.max(DC_GUARD_HZ + half, Math.min(sampleRateHz / 4, flatHz - half)));
    return { tunings: [{ offsetHz }, { offsetHz: -offsetHz }], dcInside: false };
  }
  const roomHz = Math.floor(Math.max(flatHz - half, Math.min(SMALL_OFFSET_HZ, sampleRateHz / 2 - half)));
  // As wide as the sampled band: in the alternative the outermost part of one edge is lost.
  if (roomHz < MIN_OFFSET_HZ)
    return { tunings: [{ offsetHz: 0 }, { offsetHz: SMALL_OFFSET_HZ }], dcInside: true };
  return { tunings: [{ offsetHz: roomHz }, { offsetHz: -roomHz }], dcInside: true };
}
