import type { Random } from '../../services/simulator/domain/random.ts';
import type { Stage, StageProcess } from './stage.ts';

/** What a fault needs: the stage, and the scan that runs on it. */
export interface Scene {
  stage: Stage;
  rotorId: number;
  sessionId: number;
  random: Random;
  /**
   * When the simulated controller had lost its count, Unix milliseconds: what was measured then has
   * a wrong position.
   */
  miscounted: { from: number; to: number }[];
}

/** Something that goes wrong, and how it heals. */
export interface Fault {
  name: string;
  /** How long it lasts, milliseconds; 0: it is over at once. */
  lastsMs: { least: number; most: number };
  strike(scene: Scene): Promise<void> | void;
  heal?(scene: Scene): Promise<void> | void;
  /**
   * Whose death or sleep it is: that costs a point in progress, and the rotor has to be stopped
   * when its commander is gone.
   */
  takes?: StageProcess;
  /** The scan pauses and waits for a person. */
  pauses?: boolean;
  /** It asks for a pause itself: that pause needs no note. */
  asksForPause?: boolean;
}
