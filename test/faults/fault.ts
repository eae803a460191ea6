import type { Random } from '../../services/simulator/domain/random.ts';
import type { FaultFixture, FixtureProcess } from './fixture.ts';

/** The fixture and the running scan that a fault acts on. */
export interface FaultContext {
  fixture: FaultFixture;
  rotorId: number;
  sessionId: number;
  random: Random;
  /**
   * Spans in which the simulated controller had lost its count, Unix milliseconds: points measured
   * then have wrong positions.
   */
  lostCountSpans: { from: number; to: number }[];
}

/** A fault: how to inject and how to clear it. */
export interface Fault {
  name: string;
  /** Duration, milliseconds; 0: the fault is momentary. */
  lastsMs: { min: number; max: number };
  inject(context: FaultContext): Promise<void> | void;
  clear?(context: FaultContext): Promise<void> | void;
  /**
   * The process that is killed or frozen: a point in progress may be lost, and the rotor must be
   * stopped when its commander is gone.
   */
  process?: FixtureProcess;
  /** The scan pauses until a user resumes it. */
  pauses?: boolean;
  /** The fault itself requests a pause, which needs no note. */
  asksForPause?: boolean;
}
