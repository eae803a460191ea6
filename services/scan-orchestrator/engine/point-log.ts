import { gridShape } from '#shared/sky/grid-shape';
import { CellSet } from '../domain/cells.ts';
import type { MeasuredPoint } from '../domain/measurement.ts';
import type { ScanProgress } from './scan-progress.ts';
import type { RunnerParts, SessionView } from './ports.ts';
import type { RecordWriter } from './record-writer.ts';
import { cellNumbers, cellOf } from './session-record.ts';

/** Points that the journal rejected; their cells are missing again. */
export interface Refusal {
  points: number;
  error: unknown;
}

/** Writes measured points to the journal, then publishes them, in the order of measurement. */
export class PointLog {
  readonly #writer: RecordWriter;
  readonly #progress: ScanProgress;
  readonly #view: () => SessionView;
  readonly #parts: Pick<RunnerParts, 'journal' | 'publisher'>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    writer: RecordWriter,
    progress: ScanProgress,
    view: () => SessionView,
    parts: Pick<RunnerParts, 'journal' | 'publisher'>,
  ) {
    this.#writer = writer;
    this.#progress = progress;
    this.#view = view;
    this.#parts = parts;
  }

  /** Resolves when all pending points have been written or rejected. */
  async written(): Promise<void> {
    await this.#last;
  }

  /** Runs in the background. When one point is rejected, the points after it are rejected too. */
  append(points: readonly MeasuredPoint[]): Promise<Refusal | undefined> {
    const { done, reference } = this.#progress;
    for (const point of points) done.add(point);
    if (points.some((point) => point.reference)) reference.taken();
    const appended = this.#last.then(() => this.#append(points));
    this.#last = appended;
    return appended;
  }

  /**
   * Points up to `upToSeq` are stored in the database: removes them from the journal and keeps
   * their cells in the record.
   */
  async forget(upToSeq: number): Promise<void> {
    const { record } = this.#writer;
    const { confirmedSeq, bounds, sessionId } = record;
    const seq = Math.min(upToSeq, this.#progress.done.completedPoints);
    if (seq <= confirmedSeq) return;
    const points = await this.#parts.journal.readPoints(sessionId, confirmedSeq, seq - confirmedSeq);
    const cells = new CellSet(cellNumbers(gridShape(bounds)), record.confirmedCells);
    for (const point of points) cells.add(cellOf(point, record));
    const measuredAtMs = points.at(-1)?.measuredAtMs ?? -Infinity;
    this.#writer.confirmPoints(confirmedSeq + points.length, cells.bits, measuredAtMs);
    await this.#parts.journal.forgetPoints(record);
  }

  async #append(points: readonly MeasuredPoint[]): Promise<Refusal | undefined> {
    const { done } = this.#progress;
    for (const [i, point] of points.entries()) {
      const numbered = { ...point, seq: done.completedPoints + 1 };
      try {
        await this.#parts.journal.appendPoint(this.#writer.record.sessionId, numbered);
      } catch (error) {
        const refused = points.slice(i);
        this.#remove(refused);
        return { points: refused.length, error };
      }
      done.recorded();
      this.#parts.publisher.point(this.#view(), numbered);
    }
    return undefined;
  }
  #remove(refused: readonly MeasuredPoint[]): void {
    const { done, itinerary, reference } = this.#progress;
    for (const point of refused) done.remove(point);
    if (refused.some((point) => point.reference)) reference.lost();
    itinerary.reopen();
  }
}
