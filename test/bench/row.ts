/** What a figure has to be. */
export type Goal = { most: number } | { least: number } | { exactly: number };

/** One measured number. */
export interface Figure {
  name: string;
  value: number;
  /** `ms`, `MB`, `rows/s`; empty: a ratio. */
  unit: string;
  /** Undefined: told for its own sake. */
  goal: Goal | undefined;
  /** Undefined without a goal. */
  reached: boolean | undefined;
}

export interface RowOptions {
  /** A rough look: as short as it can be. */
  quick: boolean;
  /** Whole scans of the published grid instead of parts of it, where a row has them. */
  full: boolean;
}

/** What a row found, or why it cannot be measured here. */
export type RowResult = Figure[] | { notAvailable: string };

/** One line of thought of the bench; measures by itself whatever else is measured. */
export interface Row {
  /** As in `--only`. */
  name: string;
  run(options: RowOptions): Promise<RowResult>;
}

// A goal of exactly 1 is met within rounding.
const ROUNDING = 1e-9;

export function figure(name: string, value: number, unit: string, goal?: Goal): Figure {
  return { name, value, unit, goal, reached: goal && meets(value, goal) };
}

function meets(value: number, goal: Goal): boolean {
  if ('most' in goal) return value <= goal.most;
  if ('least' in goal) return value >= goal.least;
  return Math.abs(value - goal.exactly) <= ROUNDING;
}
