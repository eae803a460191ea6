import type { SessionState } from '../domain/session-state.ts';
import type { PointSpectrum } from '#shared/spectrum/point-spectrum';
import type { Refinement } from '../domain/refine/refine-scan.ts';
import type { SessionRecord } from './session-record.ts';
import { checkedAxes } from './spectrum-axes.ts';

/**
 * The only writer of a session's record. It changes the record in memory; `Journal.saveSession`
 * writes it to disk.
 */
export class RecordWriter {
  readonly #record: SessionRecord;

  constructor(record: SessionRecord) {
    this.#record = record;
  }

  get record(): Readonly<SessionRecord> {
    return this.#record;
  }

  setState(state: SessionState): void {
    this.#record.state = state;
  }

  /** Counts an externally visible change. */
  nextRevision(): void {
    this.#record.revision++;
  }

  /** What the first plan was made for; later plans of the session use the same values. */
  setPlanned(planned: NonNullable<SessionRecord['planned']>): void {
    this.#record.planned ??= planned;
  }

  /** The added points; they never change afterwards. */
  setRefinement(refinement: Refinement): void {
    this.#record.refinement ??= refinement;
    delete this.#record.givenLevels;
  }

  /** The cells of a scan around a source that stay out of reach. */
  setUnreached(unreached: NonNullable<SessionRecord['unreached']>): void {
    this.#record.unreached ??= unreached;
  }

  /** The channels of the spectra; throws `hardware_fault` when those of a point differ. */
  checkAxes(spectra: readonly Pick<PointSpectrum, 'band'>[]): void {
    if (spectra.length > 0) this.#record.axes = checkedAxes(this.#record.axes, spectra);
  }

  /** The state of a revision is stored in the database. */
  confirmRevision(revision: number): void {
    const { confirmedRevision, revision: newest } = this.#record;
    this.#record.confirmedRevision = Math.max(confirmedRevision, Math.min(revision, newest));
  }

  /** Points up to `seq`, in `cells`, are stored in the database. */
  confirmPoints(seq: number, cells: Uint8Array, measuredAtMs: number): void {
    const record = this.#record;
    record.confirmedCells = cells;
    record.lastMeasuredAtMs = Math.max(record.lastMeasuredAtMs ?? -Infinity, measuredAtMs);
    record.confirmedSeq = Math.max(record.confirmedSeq, seq);
  }

  /** Milliseconds since the start by the monotonic clock, as of the Unix time `atMs`. */
  setElapsed(elapsedMs: number | undefined, atMs: number): void {
    this.#record.elapsedMs = elapsedMs;
    this.#record.elapsedAtMs = atMs;
  }
}
