import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#shared/runtime/clock';
import { createLogger } from '#shared/runtime/logger';
import { rotorConfigFromMessage } from '#shared/rotor/rotor-messages';
import { createSupervisor, type Supervisor } from '../../services/scan-orchestrator/engine/supervisor.ts';
import { rotorsOf } from '../../services/scan-orchestrator/clients/rotor-driver.ts';
import { openJournal, type OpenJournal } from '../../services/scan-orchestrator/journal/journal.ts';
import { startGs232b, type Gs232b } from '../support/gs232b.ts';
import { describeWithPrograms } from '../support/peers.ts';
import { startTestDriver, testRotor, type TestDriver } from '../support/rotctld-driver.ts';
import { startRealRotctld, type RealRotctld } from '../support/rotctld-real.ts';
import { CALM, FakePublisher, FakeReceiver } from '../support/scan-fakes.ts';
import { until } from '../support/until.ts';

// Hamlib's rotctld with its GS-232B backend on a serial port with a simulated controller; the real
// rotor-driver and engine, and a fake receiver. The scan crosses north, where the controller
// reports 350 for -10.

const BOUNDS = {
  kind: 'rectangular' as const,
  azStartDeg: -10,
  azEndDeg: 8,
  elStartDeg: 10,
  elEndDeg: 16,
  stepDeg: 2,
};
const POINTS = 40;
const SPEED_DEG_PER_S = 30;
const TOLERANCE_DEG = 1;

describeWithPrograms(['rotctld', 'cc'], 'a scan with the real rotctld as GS-232B', () => {
  let controller: Gs232b;
  let rotctld: RealRotctld;
  let driver: TestDriver;
  let folder: string;
  let journal: OpenJournal;
  let publisher: FakePublisher;
  let supervisor: Supervisor;

  async function begin(faultBudgetMs: number): Promise<void> {
    supervisor = createSupervisor({
      rotors: rotorsOf(driver.client),
      receiver: new FakeReceiver(),
      journal,
      publisher,
      clock: systemClock,
      logger: createLogger('test', 'silent'),
      faultBudgetMs,
      ...CALM,
    });
    const axis = { speedDegPerS: SPEED_DEG_PER_S, accelerationDegPerS2: 1_000 };
    const rotor = testRotor(rotctld.port, {
      toleranceDeg: TOLERANCE_DEG,
      limits: { azMinDeg: -180, azMaxDeg: 180, elMinDeg: 0, elMaxDeg: 90 },
      azimuth: axis,
      elevation: axis,
      rssiSource: 'sdr',
    });
    await supervisor.start({
      sessionId: 1,
      bounds: BOUNDS,
      rssiIterations: 2,
      rotor: rotorConfigFromMessage(rotor),
      notes: null,
    });
  }

  beforeEach(async () => {
    controller = await startGs232b(SPEED_DEG_PER_S);
    rotctld = await startRealRotctld(['-m', '603', '-r', controller.serial.path]);
    driver = await startTestDriver();
    folder = await mkdtemp(join(tmpdir(), 'sky-scan-gs232b-'));
    journal = await openJournal(folder, createLogger('test', 'silent'));
    publisher = new FakePublisher();
  });
  afterEach(async () => {
    await supervisor.close();
    await journal.close();
    await driver.close();
    await rotctld.kill();
    await controller.close();
    await rm(folder, { recursive: true });
  });

  const view = () => supervisor.list()[0];
  const measured = (points: number) =>
    until(`${points} points`, () => publisher.points.length >= points, 60_000);
  const reaches = (status: string) =>
    until(
      status,
      () => {
        const now = view();
        if (now?.status === 'paused' && status !== 'paused')
          throw new Error(now.notes ?? 'paused without a note');
        return now?.status === status;
      },
      120_000,
    );

  /** Expects every cell once, in order, with a readback that is true to whole degrees. */
  function expectAllPoints(): void {
    const { points } = publisher;
    expect(points.map(({ seq }) => seq)).toEqual(Array.from({ length: POINTS }, (_, i) => i + 1));
    expect(new Set(points.map(({ row, column }) => `${row} ${column}`)).size).toBe(POINTS);
    for (const { setpoint, readback } of points) {
      expect(Math.abs(setpoint.azimuthDeg - readback.azimuthDeg)).toBeLessThanOrEqual(TOLERANCE_DEG);
      expect(Math.abs(setpoint.elevationDeg - readback.elevationDeg)).toBeLessThanOrEqual(TOLERANCE_DEG);
    }
  }

  test('completes after an outage of the controller and after unplugging and replugging it', async ({
    annotate,
  }) => {
    const startedMs = performance.now();
    await begin(60_000);
    await measured(10);
    controller.powered = false;
    const asked = controller.log.length;
    // Hamlib retries a query four times: at least two queries fail.
    await until('failed queries', () => controller.log.slice(asked).filter((c) => c === 'C2').length >= 8);
    const before = publisher.points.length;
    controller.powered = true;
    await measured(before + 10);
    await controller.serial.unplug();
    await until('rotctld reports it', async () => (await rotctld.send('p')).includes('RPRT -6'));
    await controller.serial.plug();
    await rotctld.restart(); // Hamlib 4.5 does not reopen the port; systemd restarts it
    await reaches('completed');
    expectAllPoints();
    expect(controller.log.filter((command) => !/^(W\d{3} \d{3}|C2|S)$/.test(command))).toEqual([]);
    await annotate(`${POINTS} points in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
  });

  test('pauses with a note when the controller stays dead, and continues after its return and a resume', async () => {
    await begin(3_000);
    await measured(5);
    controller.powered = false;
    await reaches('paused');
    expect(view()?.notes).toMatch(
      /rotctld refused to read the position \(p\): its controller does not answer \(RPRT -5\)/,
    );
    const stored = publisher.points.length;
    expect(stored).toBeLessThan(POINTS);
    controller.powered = true;
    await supervisor.resume(1);
    await until('it runs again', () => view()?.status === 'running');
    await measured(stored + 5);
    expect(publisher.points.map(({ seq }) => seq).slice(0, stored + 5)).toEqual(
      Array.from({ length: stored + 5 }, (_, i) => i + 1),
    );
  });

  test('pauses with a note when the adapter stays unplugged', async () => {
    await begin(2_000);
    await measured(5);
    await controller.serial.unplug();
    await reaches('paused');
    expect(view()?.notes).toMatch(
      /rotctld refused to read the position \(p\): it has lost its controller \(RPRT -6\)/,
    );
  });
});
