import { orAborted } from '#shared/runtime/waiting';
import type { PointSpectrum } from '#shared/spectrum/point-spectrum';
import { createCellSet } from '../domain/cells.ts';
import type { MeasuredPoint, PendingPoint, PendingSpectrum } from '../domain/measurement.ts';
import type { ScanProgress } from './scan-progress.ts';
import type { RunnerParts, SessionView } from './ports.ts';
import type { RecordWriter } from './record-writer.ts';
import { cellNumbers, cellOf, isToRefine } from './session-record.ts';

// A process has 4 s to end.
const CLOSE_MS = 1_500;

/** Points that the journal rejected; their cells are missing again. */
export interface Refusal {
  points: number;
  error: unknown;
}

/**
 * Writes measured points to the journal once their spectra are computed, then publishes them, in
 * the order of measurement.
 */
export interface PointLog {
  /** Resolves when all pending points have been written or rejected. */
  written(): Promise<void>;
  /** Writes what it can in the time that a process has to end; the rest is measured again. */
  close(): Promise<void>;
  /** Runs in the background. When one point is rejected, the points after it are rejected too. */
  append(points: readonly PendingPoint[]): Promise<Refusal | undefined>;
  /**
   * Points up to `upToSeq` are stored in the database: removes them from the journal and keeps
   * their cells in the record.
   */
  forget(upToSeq: number): Promise<void>;
}

export function createPointLog(
  writer: RecordWriter,
  { done, itinerary, reference }: ScanProgress,
  view: () => SessionView,
  { journal, publisher }: Pick<RunnerParts, 'journal' | 'publisher'>,
): PointLog {
  let last: Promise<unknown> = Promise.resolve();
  /** The journal has the channels of the spectra. */
  let areAxesSaved = false;
  let isClosed = false;

  async function complete({ spectra: pending, ...point }: PendingPoint): Promise<MeasuredPoint> {
    const spectra = pending && (await Promise.all(pending.map(computed)));
    return { ...point, seq: done.completedPoints + 1, ...(spectra && { spectra }) };
  }

  async function write(points: readonly PendingPoint[]): Promise<Refusal | undefined> {
    for (const [i, point] of points.entries()) {
      let numbered: MeasuredPoint;
      try {
        numbered = await complete(point);
        if (isClosed) return undefined;
        if (numbered.spectra && !areAxesSaved) await journal.saveSession(writer.record);
        areAxesSaved = true;
        await journal.appendPoint(writer.record.sessionId, numbered);
      } catch (error) {
        const refused = points.slice(i);
        remove(refused);
        return { points: refused.length, error };
      }
      done.recorded();
      publisher.point(view(), numbered);
    }
    return undefined;
  }

  function remove(refused: readonly PendingPoint[]): void {
    for (const point of refused) done.remove(point);
    if (refused.some((point) => point.reference)) reference.lost();
    itinerary.reopen();
  }

  return {
    async written() {
      await last;
    },
    async close() {
      await orAborted(last, AbortSignal.timeout(CLOSE_MS)).catch(() => undefined);
      isClosed = true;
    },
    append(points) {
      for (const point of points) done.add(point);
      if (points.some((point) => point.reference)) reference.taken();
      const appended = last.then(() => write(points));
      last = appended;
      return appended;
    },
    async forget(upToSeq) {
      const { record } = writer;
      const { confirmedSeq, sessionId } = record;
      const seq = Math.min(upToSeq, done.completedPoints);
      if (seq <= confirmedSeq) return;
      const cells = createCellSet(cellNumbers(record), record.confirmedCells);
      let known = confirmedSeq;
      let measuredAtMs = -Infinity;
      while (known < seq) {
        const points = await journal.readPoints(sessionId, known, seq - known);
        if (points.length === 0) break;
        for (const point of points) cells.add(cellOf(point, record));
        known += points.length;
        measuredAtMs = points.at(-1)?.measuredAtMs ?? measuredAtMs;
      }
      writer.confirmPoints(known, cells.bits, measuredAtMs);
      // The refinement needs the levels of the grid.
      if (isToRefine(record)) await journal.saveSession(record);
      else await journal.forgetPoints(record);
    },
  };
}

async function computed(spectrum: PointSpectrum | PendingSpectrum): Promise<PointSpectrum> {
  return 'computed' in spectrum ? await spectrum.computed : spectrum;
}
