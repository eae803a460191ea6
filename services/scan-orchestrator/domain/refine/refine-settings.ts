/** How a coarse scan is refined. */
export interface RefineSettings {
  /** Detections are at least this high. */
  thresholdSigma: number;
  /** Step of the added points, degrees. */
  stepDeg: number;
  /** Maximum number of added points, or their maximum planned time. */
  limit: { points: number } | { seconds: number };
}

// science.md: discs of 1.2 beam widths at a third of the beam width.
const DISC_BEAMS = 1.2;
const STEPS_PER_BEAM = 3;

/** Beam width of the detection, degrees; derived from the step if the antenna's is unknown. */
export function beamWidthOf({ stepDeg }: RefineSettings, beamWidthDeg: number | undefined): number {
  return beamWidthDeg ?? STEPS_PER_BEAM * stepDeg;
}

/** Radius of the disc around a detection, degrees. */
export function discRadiusDeg(beamWidthDeg: number): number {
  return DISC_BEAMS * beamWidthDeg;
}
