import { SkyScanError, errorMessage } from '#shared/base/errors';
import { formatPointing, type Pointing } from '#shared/sky/pointing';
import { orAborted } from '#shared/runtime/waiting';
import { dwellMs } from '../domain/band-plan.ts';
import type { PendingPoint } from '../domain/measurement.ts';
import type { NotePart } from '../domain/note-parts.ts';
import type { Unit } from '../domain/sweep-plan.ts';
import { checkedReads } from './checked-reads.ts';
import { referenceSetpoint, type ScanProgress } from './scan-progress.ts';
import { createDwellTimes } from './dwell-times.ts';
import type { FaultWatch } from './fault-watch.ts';
import { SweepLagEstimate } from './sweep-lag-estimate.ts';
import { noPosition, noPositionAfterReads, noReads, notReady, readsMissing } from './observations.ts';
import { planSession } from './plan-session.ts';
import { pointOf, pointsOfSweep, rowOf } from './points.ts';
import type { RotorLease, RunnerParts } from './ports.ts';
import type { RecordWriter } from './record-writer.ts';
import type { SessionRecord } from './session-record.ts';
import { createSessionReceiver, type Measured, type SessionReceiver } from './session-receiver.ts';
import type { ClockOffsets, Settled } from './clock-sync.ts';
import { createSpectrumQueue } from './spectrum-queue.ts';
import { measureOffsets, type SweepUnit } from './sweep.ts';
import { sweepTunings } from './sweep-tunings.ts';
import { tuningsOf, type Tuning, type Tunings } from './tunings.ts';

// A process has 4 s to end; the release takes up to 2 s of them.
const STOP_TIMEOUT_MS = 1_800;

/** The rotor and the receiver of one session. */
export class SessionHardware {
  readonly #writer: RecordWriter;
  readonly #progress: ScanProgress;
  readonly #parts: RunnerParts;
  readonly #watch: FaultWatch;
  readonly #onLost: (error: Error) => void;
  readonly #dwells = createDwellTimes();
  #standsStill = false;
  #lease: RotorLease | undefined;
  /** Of the current cell: that of a scan around a source depends on the time. */
  #place: { setpoint: Pointing; readback: Pointing } | undefined;
  /** Reads at the readback start at this time; undefined: the mount has settled. */
  #settled: Settled | undefined;
  readonly #receiver: SessionReceiver;
  readonly #tunings: Tunings;
  #offsets: ClockOffsets | undefined;
  #lag: SweepLagEstimate | undefined;
  readonly #spectra = createSpectrumQueue();

  /** `onLost` is called when the current lease is lost. */
  constructor(
    writer: RecordWriter,
    progress: ScanProgress,
    parts: RunnerParts,
    watch: FaultWatch,
    onLost: (error: Error) => void,
  ) {
    this.#writer = writer;
    this.#progress = progress;
    this.#parts = parts;
    this.#watch = watch;
    this.#onLost = onLost;
    const { rotor } = writer.record;
    this.#tunings = tuningsOf(writer.record, rotor.receiver);
    this.#receiver = createSessionReceiver(rotor, this.#tunings, parts);
  }

  /** Whether the rotor was confirmed to stand still, under a lease that is still valid. */
  get standsStill(): boolean {
    return this.#standsStill && this.#lease !== undefined && !this.#lease.lost;
  }

  /** Acquires the lease, reads the position, plans the path. */
  async acquire(signal: AbortSignal): Promise<void> {
    this.#watch.expect('acquire', notReady(this.#record.rotor), 0);
    await this.#receiver.prepareDuring(() => this.#acquire(signal));
  }

  async #acquire(signal: AbortSignal): Promise<void> {
    if (!this.#lease || this.#lease.lost) {
      const { rotor, sessionId } = this.#record;
      const holder = { name: `session ${sessionId}`, sessionId };
      const lease = await this.#parts.rotors.acquireLease(rotor, holder, signal);
      if (signal.aborted) await lease.release();
      signal.throwIfAborted();
      this.#lease = lease;
      this.#receiver.forgetClocks();
      lease.onLost((error) => {
        if (this.#lease === lease) this.#onLost(error);
      });
    }
    this.#receiver.acquired(this.#lease, signal);
    const position = await this.#lease.readPosition(signal);
    const { reportedLimits } = this.#lease;
    const from = { position, reportedLimits, signal };
    await planSession(this.#writer, this.#progress, this.#parts, from);
    this.#at = position;
  }

  /**
   * Slews to the cell and settles, or slews to the start of the sweep. Measures the reference first
   * when it is due; the unit may then start at its other end. Returns the unit to measure;
   * undefined if its source has moved it out of reach.
   */
  async slewTo(planned: Unit, signal: AbortSignal): Promise<Unit | undefined> {
    const { itinerary } = this.#progress;
    const visited = await this.#visitReference(planned, signal);
    const unit = visited ? (itinerary.next() ?? planned) : planned;
    const lease = this.#requireLease();
    if (unit.kind === 'cell') {
      const setpoint = itinerary.aim(unit.cell);
      if (!setpoint) return undefined;
      this.#place = { setpoint, readback: await this.#slewTo(setpoint, signal) };
      return unit;
    }
    const { receiver, clock } = this.#parts;
    this.#expectReadbacks(unit.from);
    const [at, offsets] = await Promise.all([
      lease.sweep(unit.from, () => this.#watch.beat('position'), signal),
      measureOffsets(lease, receiver, clock, signal),
    ]);
    this.#at = at;
    this.#offsets = offsets;
    return unit;
  }

  /** Returns the point of a cell, or the points of all cells of a sweep that have enough reads. */
  async measure(unit: Unit, signal: AbortSignal): Promise<PendingPoint[]> {
    const points =
      unit.kind === 'sweep' ? await this.#sweep(unit, signal) : [await this.#point(unit.cell, signal)];
    for (const { spectra = [] } of points) this.#writer.checkAxes(spectra);
    return this.#progress.reference.with(points);
  }

  async #point(cell: number, signal: AbortSignal): Promise<PendingPoint> {
    if (!this.#place) throw new Error('a measurement needs a readback');
    const { setpoint, readback } = this.#place;
    const measured = await this.#readChecked(this.#tunings, signal);
    // Settled before the reads, and at the same position after them.
    this.#standsStill = true;
    return pointOf(this.#record, cell, setpoint, measured, readback, this.#parts.clock.unixMs());
  }

  async #sweep(unit: SweepUnit, signal: AbortSignal): Promise<PendingPoint[]> {
    const { receiver, clock, logger } = this.#parts;
    const { bounds, rotor, sessionId } = this.#record;
    const { itinerary } = this.#progress;
    const setpoint = (cell: number) => itinerary.setpoint(cell);
    const row = rowOf(this.#record, unit, setpoint);
    const rules = itinerary.rulesOf(unit);
    if (!this.#offsets || !rules) throw new Error('a sweep needs clocks and a plan');
    this.#lag ??= new SweepLagEstimate(bounds.stepDeg, rotor, logger.child({ session: sessionId }));
    const [watch, lease] = [this.#watch, this.#requireLease()];
    const common = { lease, receiver, clock, rules, row, lag: this.#lag, spectra: this.#spectra, watch };
    const expect = (to: Pointing, { readMs }: Tuning) => {
      this.#expectReadbacks(to);
      watch.expect('reads', noReads(rotor), readMs);
    };
    const { byTuning, at } = await sweepTunings(unit, this.#tunings, this.#offsets, common, expect, signal);
    this.#at = at;
    await lease.readPosition(signal);
    itinerary.swept(unit);
    const offsetMs = clock.unixMs() - clock.monotonicMs();
    return pointsOfSweep(this.#record, unit, setpoint, byTuning, offsetMs);
  }

  async park(signal: AbortSignal): Promise<void> {
    const { park } = this.#progress.itinerary;
    if (this.#record.rotor.parkAfterScan) await this.#requireLease().slew(park, signal);
  }

  /** Resolves once the rotor stands still, or with the reason why that could not be confirmed. */
  async stop(): Promise<NotePart | undefined> {
    // After a lost lease rotor-driver has already stopped the rotor.
    this.#standsStill = false;
    if (!this.#lease || this.#lease.lost) return undefined;
    try {
      await this.#lease.stop();
      this.#standsStill = true;
      return undefined;
    } catch (error) {
      const reason = errorMessage(error);
      return { text: `the rotor could not be stopped: ${reason}`, reason };
    }
  }

  async release(): Promise<void> {
    const lease = this.#lease;
    this.#lease = undefined;
    await lease?.release();
  }

  /**
   * Stops the rotor and releases the lease when the process ends. If the stop is not confirmed in
   * time, the lease is kept: it ends with the process, and rotor-driver then stops the rotor.
   */
  async shutDown(): Promise<void> {
    const stopping = orAborted(this.stop(), AbortSignal.timeout(STOP_TIMEOUT_MS));
    const trouble = await stopping.catch(() => 'no answer');
    if (trouble === undefined) await this.release().catch(() => undefined);
  }

  /** Returns whether the reference was due. */
  async #visitReference(unit: Unit, signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#parts;
    const setpoint = referenceSetpoint(this.#progress, unit, clock.monotonicMs());
    if (!setpoint) return false;
    try {
      const readback = await this.#slewTo(setpoint, signal);
      const { reads } = await this.#readChecked([this.#tunings[0]], signal);
      signal.throwIfAborted();
      this.#progress.reference.measured(reads, readback, clock.unixMs(), clock.monotonicMs());
      return true;
    } catch (error) {
      // The caller's note names the next cell; this adds the reference.
      if (!(error instanceof SkyScanError)) throw error;
      const message = `at the reference pointing ${formatPointing(setpoint)}: ${error.message}`;
      throw new SkyScanError(error.kind, message, { cause: error });
    }
  }

  /** Resolves when the mount has settled, or will settle at `#settled`. */
  async #slewTo(setpoint: Pointing, signal: AbortSignal): Promise<Pointing> {
    const lease = this.#requireLease();
    this.#settled = undefined;
    const onReadback = this.#expectReadbacks(setpoint);
    if (this.#record.rotor.rssiSource === 'rotctld')
      return (this.#at = await lease.slew(setpoint, signal, onReadback));
    const { translate } = this.#receiver;
    const move = async (): Promise<Pointing> => {
      if (!translate) return lease.slew(setpoint, signal, onReadback);
      const { at, settledAtMs } = await lease.approach(setpoint, signal, onReadback);
      this.#settled = translate(settledAtMs);
      return at;
    };
    return (this.#at = await this.#receiver.slewing(move));
  }

  /** The readback after the reads must agree: the rotor may have moved. */
  async #readChecked(tunings: Tunings, signal: AbortSignal): Promise<Measured> {
    const { rotor, rssiIterations } = this.#record;
    const { clock } = this.#parts;
    const lease = this.#requireLease();
    const beginMs = Math.max(clock.monotonicMs(), this.#settled?.localMs ?? 0);
    // A receiver behind rotctld shares the connection with the position; the duration of a change
    // of frequency is not known.
    const isTimed = rotor.rssiSource === 'sdr' && tunings.length === 1;
    const endMs = isTimed ? beginMs + rssiIterations * rotor.receiver.readMs : undefined;
    const reads = this.#read(tunings, signal);
    return checkedReads({ reads, endMs, check: () => this.#readExpectedPosition(lease, signal), clock });
  }

  async #readExpectedPosition(lease: RotorLease, signal: AbortSignal): Promise<Pointing> {
    this.#watch.expect('check', noPositionAfterReads(this.#record.rotor), 0);
    const position = await lease.readPosition(signal);
    this.#watch.end('check');
    return position;
  }

  async #read(tunings: Tunings, signal: AbortSignal): Promise<Measured> {
    const { rotor, rssiIterations } = this.#record;
    const { clock } = this.#parts;
    const startedMs = clock.monotonicMs();
    const expectedMs = dwellMs(tunings.length, rssiIterations * rotor.receiver.readMs);
    const untilSettledMs = Math.max(0, (this.#settled?.localMs ?? startedMs) - startedMs);
    this.#watch.end('position');
    this.#watch.expect(
      'reads',
      readsMissing(rotor, rssiIterations),
      Math.max(untilSettledMs + expectedMs, this.#dwells.medianMs),
    );
    const lease = this.#requireLease();
    const reads = await this.#receiver.read(tunings, rssiIterations, lease, this.#settled, signal);
    this.#watch.end('reads');
    this.#dwells.add(clock.monotonicMs() - startedMs);
    return reads;
  }

  /** The driver reports every readback: if none arrives, rotctld does not answer. */
  #expectReadbacks(setpoint: Pointing): () => void {
    this.#standsStill = false;
    this.#watch.end();
    const { rotor } = this.#record;
    this.#watch.expect('position', noPosition(rotor, setpoint), rotor.settleMs);
    return () => this.#watch.beat('position');
  }

  get #record(): Readonly<SessionRecord> {
    return this.#writer.record;
  }

  set #at(at: Pointing) {
    this.#progress.itinerary.at = at;
  }

  #requireLease(): RotorLease {
    if (!this.#lease) throw new Error('the session has no lease');
    return this.#lease;
  }
}
