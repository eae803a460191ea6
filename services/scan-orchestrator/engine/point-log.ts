import { gridShape } from '#shared/sky/grid-shape';
import { CellSet } from '../domain/cells.ts';
import type { MeasuredPoint } from '../domain/measurement.ts';
import type { Course } from './course.ts';
import type { RunnerParts, SessionView } from './ports.ts';
import type { RecordWriter } from './record-writer.ts';
import { cellNumbers, cellOf } from './session-record.ts';

/** Points that the journal did not take; their cells are missing again. */
export interface Refusal {
  points: number;
  error: unknown;
}

/**
 * Brings measured points into the journal, then to the world, in the order in which they were
 * measured.
 */
export class PointLog {
  readonly #writer: RecordWriter;
  readonly #course: Course;
  readonly #view: () => SessionView;
  readonly #parts: Pick<RunnerParts, 'journal' | 'publisher'>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    writer: RecordWriter,
    course: Course,
    view: () => SessionView,
    parts: Pick<RunnerParts, 'journal' | 'publisher'>,
  ) {
    this.#writer = writer;
    this.#course = course;
    this.#view = view;
    this.#parts = parts;
  }

  /** Resolves when nothing is on its way to the journal. */
  async written(): Promise<void> {
    await this.#last;
  }

  /** Runs beside whatever comes next. Points behind one that is refused are refused with it. */
  append(points: readonly MeasuredPoint[]): Promise<Refusal | undefined> {
    const { done, reference } = this.#course;
    for (const point of points) done.take(point);
    if (points.some((point) => point.reference)) reference.taken();
    const appended = this.#last.then(() => this.#append(points));
    this.#last = appended;
    return appended;
  }

  /**
   * Points up to `upToSeq` are stored elsewhere: the journal forgets them, and the record remembers
   * their cells.
   */
  async forget(upToSeq: number): Promise<void> {
    const { record } = this.#writer;
    const { confirmedSeq, bounds, sessionId } = record;
    const seq = Math.min(upToSeq, this.#course.done.completedPoints);
    if (seq <= confirmedSeq) return;
    const points = await this.#parts.journal.readPoints(sessionId, confirmedSeq, seq - confirmedSeq);
    const cells = new CellSet(cellNumbers(gridShape(bounds)), record.confirmedCells);
    for (const point of points) cells.add(cellOf(point, record));
    const measuredAtMs = points.at(-1)?.measuredAtMs ?? -Infinity;
    this.#writer.confirmPoints(confirmedSeq + points.length, cells.bits, measuredAtMs);
    await this.#parts.journal.forgetPoints(record);
  }

  async #append(points: readonly MeasuredPoint[]): Promise<Refusal | undefined> {
    const { done } = this.#course;
    for (const [i, point] of points.entries()) {
      const numbered = { ...point, seq: done.completedPoints + 1 };
      try {
        await this.#parts.journal.appendPoint(this.#writer.record.sessionId, numbered);
      } catch (error) {
        const refused = points.slice(i);
        this.#giveBack(refused);
        return { points: refused.length, error };
      }
      done.recorded();
      this.#parts.publisher.point(this.#view(), numbered);
    }
    return undefined;
  }
  #giveBack(refused: readonly MeasuredPoint[]): void {
    const { done, itinerary, reference } = this.#course;
    for (const point of refused) done.giveBack(point);
    if (refused.some((point) => point.reference)) reference.lost();
    itinerary.reopen();
  }
}
