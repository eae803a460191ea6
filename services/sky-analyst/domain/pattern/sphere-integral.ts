import { tangentPlaneAt, type Vector } from '../finder/sphere.ts';
import { between, greatCircle } from './great-circle.ts';
import type { PatternSurface, PatternValue } from './surface.ts';

/** What a pattern sums up to over the sphere. Powers are not normalized. */
export interface SphereIntegral {
  /** Over the directions that were measured, and the derivatives of this sum by each point. */
  power: number;
  derivatives: Float64Array;
  /** Share of the sphere that was measured, 0 to 1. */
  coverage: number;
  /** Mean power beyond the main lobe, for what was not measured. */
  meanOutside: number;
  /** The highest value within 30 degrees of the direction opposite to the peak. */
  worstBack: PatternValue | undefined;
}

/** Rings are this part of a beam wide. */
const RINGS_PER_BEAM = 10;
/** Beyond this many beam widths from the peak, rings may be wider. */
const DENSE = 3;
const MAX_CELLS = 20_000;
const MIN_CELLS_PER_RING = 12;
/** The worst level behind is the highest one this near to the direction opposite to the peak. */
export const BACK = Math.PI / 6;

/** Sums a pattern over rings around its peak, with the exact solid angle of each cell. */
export function integrate(surface: PatternSurface, peak: Vector, beamWidth: number): SphereIntegral {
  const { right, up } = tangentPlaneAt(peak);
  const derivatives = new Float64Array(surface.count);
  let [power, covered, outside, outsidePower] = [0, 0, 0, 0];
  let worstBack: PatternValue | undefined;
  const fine = beamWidth / RINGS_PER_BEAM;
  const coarse = Math.max(fine, Math.sqrt((4 * Math.PI) / MAX_CELLS));
  for (let inner = 0; inner < Math.PI - 1e-9;) {
    const width = inner < DENSE * beamWidth ? fine : coarse;
    // No sliver at the end.
    const outer = Math.PI - inner < 1.5 * width ? Math.PI : inner + width;
    const middle = (inner + outer) / 2;
    const cells = Math.max(MIN_CELLS_PER_RING, Math.ceil((2 * Math.PI * Math.sin(middle)) / width));
    const solidAngle = ((Math.cos(inner) - Math.cos(outer)) * 2 * Math.PI) / cells;
    for (let n = 0; n < cells; n++) {
      const circle = greatCircle(peak, between(right, up, (2 * Math.PI * (n + 0.5)) / cells));
      const value = surface.at(circle.at(middle));
      if (!value) continue;
      covered += solidAngle;
      power += solidAngle * value.value;
      value.addTo(derivatives, solidAngle);
      if (middle > DENSE * beamWidth || middle > Math.PI / 2) {
        outside += solidAngle;
        outsidePower += solidAngle * value.value;
      }
      if (middle > Math.PI - BACK && value.value > (worstBack?.value ?? 0)) worstBack = value;
    }
    inner = outer;
  }
  return {
    power,
    derivatives,
    coverage: Math.min(1, covered / (4 * Math.PI)),
    meanOutside: outside > 0 ? Math.max(0, outsidePower / outside) : 0,
    worstBack,
  };
}
