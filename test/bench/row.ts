/** The goal of a figure. */
export type Goal = { max: number } | { min: number } | { exactly: number };

/** One measured number. */
export interface Figure {
  name: string;
  value: number;
  /** `ms`, `MB`, `rows/s`; empty: a ratio. */
  unit: string;
  /** Undefined: a figure without a goal. */
  goal: Goal | undefined;
  /** Undefined without a goal. */
  reached: boolean | undefined;
}

export interface RowOptions {
  /** A rough, short measurement. */
  quick: boolean;
  /** Whole scans of the published grid instead of parts of it, where a row has them. */
  full: boolean;
}

/** Result of a row, or why it cannot be measured here. */
export type RowResult = Figure[] | { notAvailable: string };

/** A row of the bench; independent of the other rows. */
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
  if ('max' in goal) return value <= goal.max;
  if ('min' in goal) return value >= goal.min;
  return Math.abs(value - goal.exactly) <= ROUNDING;
}
