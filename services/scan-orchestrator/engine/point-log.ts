import { gridShape } from '#shared/sky/grid-shape';
import { CellSet } from '../domain/cells.ts';
import type { MeasuredPoint } from '../domain/measurement.ts';
import type { RunnerParts, SessionView } from './ports.ts';
import type { Progress } from './progress.ts';
import { cellNumbers, cellOf, type SessionRecord } from './session-record.ts';

/** Points that the journal did not take; their cells are missing again. */
export interface Refusal {
  points: number;
  error: unknown;
}

/** Brings measured points into the journal, then to the world, in the order in which they were measured. */
export class PointLog {
  readonly #record: SessionRecord;
  readonly #progress: Progress;
  readonly #view: () => SessionView;
  readonly #parts: Pick<RunnerParts, 'journal' | 'publisher'>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    record: SessionRecord,
    progress: Progress,
    view: () => SessionView,
    parts: Pick<RunnerParts, 'journal' | 'publisher'>,
  ) {
    this.#record = record;
    this.#progress = progress;
    this.#view = view;
    this.#parts = parts;
  }

  /** Resolves when nothing is on its way to the journal. */
  async written(): Promise<void> {
    await this.#last;
  }

  /** Runs beside whatever comes next. Points behind one that is refused are refused with it. */
  append(points: readonly MeasuredPoint[]): Promise<Refusal | undefined> {
    for (const point of points) this.#progress.take(point);
    const appended = this.#last.then(() => this.#append(points));
    this.#last = appended;
    return appended;
  }

  /** Points up to `upToSeq` are stored elsewhere: the journal forgets them, and the record remembers their cells. */
  async forget(upToSeq: number): Promise<void> {
    const record = this.#record;
    const { confirmedSeq, bounds, sessionId } = record;
    const seq = Math.min(upToSeq, this.#progress.completedPoints);
    if (seq <= confirmedSeq) return;
    const points = await this.#parts.journal.readPoints(sessionId, confirmedSeq, seq - confirmedSeq);
    const cells = new CellSet(cellNumbers(gridShape(bounds)), record.confirmedCells);
    for (const point of points) cells.add(cellOf(point, record));
    record.confirmedCells = cells.bits;
    const measuredAtMs = points.at(-1)?.measuredAtMs ?? -Infinity;
    record.lastMeasuredAtMs = Math.max(record.lastMeasuredAtMs ?? -Infinity, measuredAtMs);
    record.confirmedSeq = Math.max(record.confirmedSeq, confirmedSeq + points.length);
    await this.#parts.journal.forgetPoints(record);
  }

  async #append(points: readonly MeasuredPoint[]): Promise<Refusal | undefined> {
    for (const [i, point] of points.entries()) {
      const numbered = { ...point, seq: this.#progress.completedPoints + 1 };
      try {
        await this.#parts.journal.appendPoint(this.#record.sessionId, numbered);
      } catch (error) {
        const refused = points.slice(i);
        for (const one of refused) this.#progress.giveBack(one);
        return { points: refused.length, error };
      }
      this.#progress.recorded();
      this.#parts.publisher.point(this.#view(), numbered);
    }
    return undefined;
  }
}
