import type { Dwell } from '../../services/scan-orchestrator/engine/ports.ts';
import type { Handover } from '../../services/scan-orchestrator/engine/supervisor.ts';
import { systemClock } from '#shared/runtime/clock';
import { gridShape, type GridBounds } from '#shared/sky/grid-shape';
import { BEAM_DEG, levelAt, type ExampleSource } from './refine-examples.ts';
import { FakeReceiver, FakeRotors, rotorConfig } from './scan-fakes.ts';
import { handover } from './scan-world.ts';

// A scan with refinement on fake hardware that sees a sky.

const BOUNDS: GridBounds = {
  kind: 'rectangular',
  azStartDeg: 80,
  azEndDeg: 122,
  elStartDeg: 20,
  elEndDeg: 36.8,
  stepDeg: 4.2,
};
export const { rows, columns, totalPoints: COARSE } = gridShape(BOUNDS);
const REFINE = { thresholdSigma: 6, stepDeg: 3, limit: { points: 100 } };
export const SOURCE: ExampleSource = { at: { azimuthDeg: 103, elevationDeg: 29 }, excess: 2 };

/** A receiver that sees the sky where the rotor points. */
class SkyReceiver extends FakeReceiver {
  readonly #rotors: FakeRotors;
  readonly #sky: readonly ExampleSource[];

  constructor(rotors: FakeRotors, sky: readonly ExampleSource[]) {
    super();
    this.#rotors = rotors;
    this.#sky = sky;
  }

  override async measure(...args: Parameters<FakeReceiver['measure']>): Promise<Dwell> {
    const dwell = await super.measure(...args);
    const pointing = this.#rotors.slews.at(-1) ?? SOURCE.at;
    // Ripple instead of noise: the same at every visit.
    const ripple = 0.05 * Math.sin(91 * pointing.azimuthDeg + 57 * pointing.elevationDeg);
    return {
      ...dwell,
      reads: dwell.reads.map((read) => ({ ...read, levelDb: levelAt(pointing, this.#sky) + ripple })),
    };
  }
}

export const hardwareOf = (sky: readonly ExampleSource[]) => () => {
  const rotors = new FakeRotors();
  return { rotors, receiver: new SkyReceiver(rotors, sky), clock: systemClock };
};

export const scan = (change: Partial<Handover> = {}): Handover =>
  handover({
    bounds: BOUNDS,
    refine: REFINE,
    rssiIterations: 1,
    rotor: rotorConfig({ beamWidthDeg: BEAM_DEG }),
    ...change,
  });
