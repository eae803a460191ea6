import type { SessionStatus } from '#contract/session-status';

/** What the API answers, as far as the commands read it. */
export interface Session {
  id: number;
  rotor_id: number;
  status: SessionStatus;
  az_start: number;
  az_end: number;
  el_start: number;
  el_end: number;
  step_deg: number;
  rssi_iterations: number;
  total_points: number;
  completed_points: number;
  progress_pct: number;
  started_at: string | null;
  finished_at: string | null;
  notes: string | null;
}

/** Why no points arrive. */
export interface Fault {
  observation: string;
  /** Since the last point, at the moment of the answer. */
  for_s: number;
  /** Until the scan pauses; null: not known, or never. */
  pauses_in_s: number | null;
}

/** `/api/skyscan/{id}/plan` */
export interface Plan {
  rotor_name: string;
  grid: 'rectangular' | 'equal_area';
  scan_mode: 'step' | 'on_the_fly';
  /** Durations at the moment of the answer: clocks of two machines are never compared. */
  elapsed_s: number | null;
  remaining_s: number | null;
  /** Null while points arrive. */
  fault: Fault | null;
}

export interface Preview {
  rows: number;
  columns: number;
  total_points: number;
  expected_duration_s: number;
  warnings: string[];
}

/** A message of `/ws/skyscan/{id}?detail=full`. */
export interface LiveMessage {
  session_id: number;
  status: SessionStatus;
  completed: number;
  total: number;
  progress_pct: number;
  /** In messages of a status. */
  elapsed_s?: number | null;
  remaining_s?: number | null;
  fault?: Fault | null;
  point: LivePoint | null;
}

export interface LivePoint {
  azimuth: number;
  elevation: number;
  seq: number;
  measurement: {
    row: number;
    column: number;
    mean_dbm: number;
    reads: number;
    flags: string[];
    unit: string;
  };
}

/** A message of `/ws/rotors/{id}`. */
export interface RotorPosition {
  azimuth: number;
  elevation: number;
  moving: boolean;
  setpoint: { azimuth: number; elevation: number } | null;
  timestamp: string;
}
