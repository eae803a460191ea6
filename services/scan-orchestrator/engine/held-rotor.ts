import { SkyScanError, errorMessage } from '#shared/base/errors';
import { formatPointing, type Pointing } from '#shared/sky/pointing';
import { backoffMs, orAborted, sleep } from '#shared/runtime/waiting';
import type { MeasuredPoint, Read } from '../domain/measurement.ts';
import type { NotePart } from '../domain/note-parts.ts';
import type { Unit } from '../domain/sweep-plan.ts';
import { checkedReads } from './checked-reads.ts';
import { referenceSetpoint, type Course } from './course.ts';
import { DwellTimes } from './dwell-times.ts';
import type { FaultWatch } from './fault-watch.ts';
import { LagBook } from './lag-book.ts';
import { noPosition, noPositionAfterReads, noReads, notReady, readsMissing } from './observations.ts';
import { pointOf, pointsOfSweep, rowOf } from './points.ts';
import type { RotorHold, RunnerParts } from './ports.ts';
import type { RecordWriter } from './record-writer.ts';
import type { SessionRecord } from './session-record.ts';
import { SessionReceiver } from './session-receiver.ts';
import type { Settled } from './settle-clocks.ts';
import { askOffsets, sweepRow, type ClockOffsets, type SweepUnit } from './sweep.ts';

// Waiting for hardware: quick at first, then calm.
const RETRY_FIRST_MS = 250;
const RETRY_MOST_MS = 5_000;
// Of the 4 s in which a process has to end; giving the lease back takes up to 2 s more.
const LET_GO_MS = 1_800;

/**
 * The hardware of one session: what its activities do to the rotor that it holds and to its
 * receiver.
 */
export class HeldRotor {
  readonly #writer: RecordWriter;
  readonly #course: Course;
  readonly #parts: RunnerParts;
  readonly #watch: FaultWatch;
  readonly #onLost: (why: Error) => void;
  readonly #dwells = new DwellTimes();
  #stands = false;
  #hold: RotorHold | undefined;
  #readback: Pointing | undefined;
  /** Nothing before it is measured at the readback; undefined: it has passed already. */
  #settled: Settled | undefined;
  readonly #receiver: SessionReceiver;
  #offsets: ClockOffsets | undefined;
  #lag: LagBook | undefined;

  /** `onLost`: the lease that is held now is gone, and not by our own release. */
  constructor(
    writer: RecordWriter,
    course: Course,
    parts: RunnerParts,
    watch: FaultWatch,
    onLost: (why: Error) => void,
  ) {
    this.#writer = writer;
    this.#course = course;
    this.#parts = parts;
    this.#watch = watch;
    this.#onLost = onLost;
    this.#receiver = new SessionReceiver(writer.record.rotor, parts);
  }

  /**
   * Whether the rotor was seen to stand, stopped or on its target, and nothing else can have moved
   * it since.
   */
  get rests(): boolean {
    return this.#stands && this.#hold !== undefined && !this.#hold.lost;
  }

  /** Lease held, position read, path planned. */
  async acquire(signal: AbortSignal): Promise<void> {
    this.#watch.expect('acquire', notReady(this.#record.rotor), 0);
    await this.#receiver.prepareDuring(() => this.#acquire(signal));
  }

  async #acquire(signal: AbortSignal): Promise<void> {
    if (!this.#hold || this.#hold.lost) {
      const hold = await this.#parts.rotors.hold(this.#record.rotor, this.#record.sessionId, signal);
      if (signal.aborted) {
        await hold.release();
        signal.throwIfAborted();
      }
      this.#hold = hold;
      this.#receiver.forgetClocks();
      hold.onLost((why) => {
        if (this.#hold === hold) this.#onLost(why);
      });
    }
    const position = await this.#hold.readPosition(signal);
    const { reportedLimits } = this.#hold;
    const job = this.#course.itinerary.planJob(position, reportedLimits);
    this.#course.itinerary.follow(await this.#parts.planner.plan(job, signal));
    this.#writer.setPlanned({ from: position, reportedLimits: reportedLimits ?? null });
    this.#at = position;
  }

  /**
   * On target and settled, or where the sweep begins. The reference, when it is due, is measured on
   * the way; the unit may then begin at its other end. Returns the unit that is measured.
   */
  async slewTo(planned: Unit, signal: AbortSignal): Promise<Unit> {
    const { itinerary } = this.#course;
    const visited = await this.#visitReference(planned, signal);
    const unit = visited ? (itinerary.next() ?? planned) : planned;
    const hold = this.#held();
    if (unit.kind === 'cell') {
      this.#readback = await this.#slewTo(itinerary.setpoint(unit.cell), signal);
      return unit;
    }
    const { receiver, clock } = this.#parts;
    this.#expectReadbacks(unit.from);
    const [at, offsets] = await Promise.all([
      hold.sweep(unit.from, () => this.#watch.beat('position'), signal),
      askOffsets(hold, receiver, clock, signal),
    ]);
    this.#at = at;
    this.#offsets = offsets;
    return unit;
  }

  /** One point of a cell; of a sweep those of all cells that have their reads. */
  async measure(unit: Unit, signal: AbortSignal): Promise<MeasuredPoint[]> {
    const { reference } = this.#course;
    return reference.with(
      unit.kind === 'sweep' ? await this.#sweep(unit, signal) : [await this.#point(unit.cell, signal)],
    );
  }

  async #point(cell: number, signal: AbortSignal): Promise<MeasuredPoint> {
    if (!this.#readback) throw new Error('a measurement needs a readback');
    const reads = await this.#readChecked(signal);
    // It has settled before the reads and is where it was after them.
    this.#stands = true;
    const setpoint = this.#course.itinerary.setpoint(cell);
    return pointOf(this.#record, cell, setpoint, reads, this.#readback, this.#parts.clock.unixMs());
  }

  async #sweep(unit: SweepUnit, signal: AbortSignal): Promise<MeasuredPoint[]> {
    const { receiver, clock, logger } = this.#parts;
    const { bounds, rotor, sessionId } = this.#record;
    const { itinerary } = this.#course;
    const setpoint = (cell: number) => itinerary.setpoint(cell);
    const row = rowOf(this.#record, unit, setpoint);
    const rules = itinerary.rulesOf(unit);
    if (!this.#offsets || !rules) throw new Error('a sweep needs clocks and a plan');
    this.#lag ??= new LagBook(bounds.stepDeg, rotor, logger.child({ session: sessionId }));
    const settings = rotor.receiver;
    const watch = this.#watch;
    this.#expectReadbacks(unit.to);
    watch.expect('reads', noReads(rotor), settings.readMs);
    const sweep = { hold: this.#held(), receiver, settings, clock, rules, row, lag: this.#lag, watch };
    const { bins, at } = await sweepRow(unit, this.#offsets, sweep, signal);
    await sweep.hold.readPosition(signal);
    this.#at = at;
    itinerary.swept(unit);
    return pointsOfSweep(this.#record, unit, setpoint, bins, clock.unixMs() - clock.monotonicMs());
  }

  async park(signal: AbortSignal): Promise<void> {
    if (this.#record.rotor.parkAfterScan) await this.#held().slew(this.#record.rotor.park, signal);
  }

  async waitBeforeRetry(attempts: number, signal: AbortSignal): Promise<void> {
    await sleep(backoffMs(attempts - 1, RETRY_FIRST_MS, RETRY_MOST_MS), signal);
  }

  /** Resolves once the rotor stands, or with the reason why that cannot be said. */
  async stop(): Promise<NotePart | undefined> {
    // A lease that is lost needs no stop of ours: rotor-driver has stopped the rotor when it took
    // the lease away.
    this.#stands = false;
    if (!this.#hold || this.#hold.lost) return undefined;
    try {
      await this.#hold.stop();
      this.#stands = true;
      return undefined;
    } catch (error) {
      const reason = errorMessage(error);
      return { text: `the rotor could not be told to stop: ${reason}`, reason };
    }
  }

  async release(): Promise<void> {
    const hold = this.#hold;
    this.#hold = undefined;
    await hold?.release();
  }

  /**
   * The process ends: the rotor stands before the lease goes. When it is not seen to stand in time
   * the lease is not given back: it ends with the process, and rotor-driver stops the rotor as
   * often as that takes.
   */
  async letGo(): Promise<void> {
    const stopping = orAborted(this.stop(), AbortSignal.timeout(LET_GO_MS));
    const trouble = await stopping.catch(() => 'no answer');
    if (trouble === undefined) await this.release().catch(() => undefined);
  }

  /** Whether it was due. */
  async #visitReference(unit: Unit, signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#parts;
    const setpoint = referenceSetpoint(this.#course, unit, clock.monotonicMs());
    if (!setpoint) return false;
    try {
      const readback = await this.#slewTo(setpoint, signal);
      const reads = await this.#readChecked(signal);
      signal.throwIfAborted();
      this.#course.reference.measured(reads, readback, clock.unixMs(), clock.monotonicMs());
      return true;
    } catch (error) {
      // Whoever tells of it names the cell that is next.
      if (!(error instanceof SkyScanError)) throw error;
      const why = `at the reference pointing ${formatPointing(setpoint)}: ${error.message}`;
      throw new SkyScanError(error.kind, why, { cause: error });
    }
  }

  /** Settled, or certain to be at `#settled`. */
  async #slewTo(setpoint: Pointing, signal: AbortSignal): Promise<Pointing> {
    const hold = this.#held();
    this.#settled = undefined;
    const onReadback = this.#expectReadbacks(setpoint);
    if (this.#record.rotor.rssiSource === 'rotctld')
      return (this.#at = await hold.slew(setpoint, signal, onReadback));
    const { translate } = this.#receiver;
    if (!translate)
      return (this.#at = await this.#receiver.prepareDuring(() => hold.slew(setpoint, signal, onReadback)));
    const { at, settledAtMs } = await hold.approach(setpoint, signal, onReadback);
    this.#settled = translate(settledAtMs);
    return (this.#at = at);
  }

  /**
   * Reads taken while the rotor lost its count, or was moved, belong nowhere: a readback at their
   * end has to agree.
   */
  async #readChecked(signal: AbortSignal): Promise<Read[]> {
    const { rotor, rssiIterations } = this.#record;
    const { clock } = this.#parts;
    const hold = this.#held();
    const beginMs = Math.max(clock.monotonicMs(), this.#settled?.oursMs ?? 0);
    // A receiver behind rotctld has the line to itself.
    const endMs = rotor.rssiSource === 'sdr' ? beginMs + rssiIterations * rotor.receiver.readMs : undefined;
    const reads = this.#read(signal);
    return checkedReads({
      reads,
      endMs,
      check: () => this.#readExpectedPosition(hold, signal),
      clock,
      signal,
    });
  }

  async #readExpectedPosition(hold: RotorHold, signal: AbortSignal): Promise<Pointing> {
    this.#watch.expect('check', noPositionAfterReads(this.#record.rotor), 0);
    const position = await hold.readPosition(signal);
    this.#watch.end('check');
    return position;
  }

  async #read(signal: AbortSignal): Promise<Read[]> {
    const { rotor, rssiIterations } = this.#record;
    const { clock } = this.#parts;
    const startedMs = clock.monotonicMs();
    const dwellMs = rssiIterations * rotor.receiver.readMs;
    const untilSettledMs = Math.max(0, (this.#settled?.oursMs ?? startedMs) - startedMs);
    this.#watch.end('position');
    this.#watch.expect(
      'reads',
      readsMissing(rotor, rssiIterations),
      Math.max(untilSettledMs + dwellMs, this.#dwells.usualMs),
    );
    const reads = await this.#receiver.read(rssiIterations, this.#held(), this.#settled, signal);
    this.#watch.end('reads');
    this.#dwells.add(clock.monotonicMs() - startedMs);
    return reads;
  }

  /** The driver reports every readback: none for a while means that rotctld gives none. */
  #expectReadbacks(setpoint: Pointing): () => void {
    this.#stands = false;
    this.#watch.end();
    const { rotor } = this.#record;
    this.#watch.expect('position', noPosition(rotor, setpoint), rotor.settleMs);
    return () => this.#watch.beat('position');
  }

  get #record(): Readonly<SessionRecord> {
    return this.#writer.record;
  }

  set #at(at: Pointing) {
    this.#course.itinerary.at = at;
  }

  #held(): RotorHold {
    if (!this.#hold) throw new Error('the session holds no rotor');
    return this.#hold;
  }
}
