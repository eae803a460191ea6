import type { MeasuredPoint, ReferenceMeasurement, Refinement } from '#proto/scan_orchestrator';
import { GridKind, type ScanSpec } from '#proto/scan_spec';
import type { PointSpectrum } from '#proto/spectrum';
import { pointSpectrumToMessage } from '#shared/rotor/spectrum-messages';
import { SkyScanError } from '#shared/base/errors';
import {
  cellPointing,
  columnsInRow,
  gridShape,
  type GridBounds,
  type GridShape,
} from '#shared/sky/grid-shape';
import { publishedTime } from '#contract/mqtt-messages';

/** A scan; its points have spectra if it wants some. */
export type FakeSpec = Omit<ScanSpec, 'spectrum' | 'bands'> & Partial<ScanSpec>;

/** Start time of the fake orchestrator's scans. */
export const T0_MS = Date.UTC(2026, 1, 14, 2, 0, 15);

/** The n-th point of a session that measures row by row from west to east. */
export function pointOf(spec: FakeSpec, seq: number): MeasuredPoint {
  const bounds = boundsOf(spec);
  let [row, column] = [0, seq - 1];
  while (column >= columnsInRow(bounds, row)) column -= columnsInRow(bounds, row++);
  const setpoint = cellPointing(bounds, row, column);
  const measuredAtMs = T0_MS + seq * 7_000 + 123;
  const reference = referenceOf(spec, seq, measuredAtMs);
  return {
    ...(reference && { reference }),
    seq,
    row,
    column,
    setpoint,
    readback: { azimuthDeg: setpoint.azimuthDeg + 0.1, elevationDeg: setpoint.elevationDeg - 0.1 },
    meanDbm: -92.4,
    stdDb: 0.5,
    minDbm: -93.5,
    maxDbm: -90.5,
    lastDbm: -91.4,
    medianDbm: -92.25,
    reads: spec.rssiIterations,
    integrationMs: spec.rssiIterations * 10,
    flags: ['uncalibrated'],
    measuredAtMs,
    spectra: spectraOf(spec, seq),
  };
}

/** One per band: the mean of channel k at point seq is -100 + k / 100 + seq / 10 dBFS. */
function spectraOf({ spectrum, bands = [] }: FakeSpec, seq: number): PointSpectrum[] {
  if (!spectrum) return [];
  const channels = spectrum.channels ?? 1_024;
  const levels = (offsetDb: number) =>
    Int16Array.from({ length: channels }, (_, k) => Math.round(100 * (offsetDb - 100 + seq / 10) + k));
  return (bands.length > 0 ? bands : [{ centerFrequencyHz: 1.42e9, bandwidthHz: 2e6 }]).map((band) =>
    pointSpectrumToMessage({
      band: {
        firstChannelHz: band.centerFrequencyHz - 1.2e6,
        channelHz: 2.4e6 / channels,
        flags: new Uint8Array(channels),
      },
      isCalibrated: false,
      transforms: 234,
      independentTransforms: 222,
      floorDb: -101,
      pointFlags: 0,
      codes: {
        mean: levels(0),
        median: levels(-0.1),
        min: levels(-10),
        max: levels(10),
        kurtosis: new Int16Array(channels),
        occupancy: new Int16Array(channels),
      },
    }),
  );
}

/** A reference 3 s before every third point; its level rises by 0.1 dB per point. */
function referenceOf(spec: FakeSpec, seq: number, measuredAtMs: number): ReferenceMeasurement | undefined {
  if (!spec.reference?.pointing || seq % 3 !== 1) return undefined;
  return {
    readback: spec.reference.pointing,
    meanDbm: -70 + (seq - 1) / 10,
    stdDb: 0.02,
    reads: spec.rssiIterations,
    flags: ['uncalibrated'],
    measuredAtMs: measuredAtMs - 3_000,
  };
}

/** The n-th point as `/data` returns it. */
export function publishedPoint(spec: FakeSpec, seq: number) {
  const point = pointOf(spec, seq);
  return {
    azimuth: point.readback?.azimuthDeg,
    elevation: point.readback?.elevationDeg,
    rssi_reads: point.reads,
    rssi_average: -92,
    rssi_current: -91,
    measured_at: publishedTime(point.measuredAtMs),
  };
}

/** The grid of a protobuf spec. */
function boundsOf(spec: FakeSpec): GridBounds {
  const kind = spec.grid === GridKind.GRID_KIND_EQUAL_AREA ? 'equal_area' : 'rectangular';
  return { ...spec, kind };
}

/** The next point of the grid, then the added ones in their order. */
export function nextPoint(
  { completed, refinement }: { completed: number; refinement?: Refinement | undefined },
  spec: ScanSpec,
  measured: (spec: ScanSpec, seq: number) => MeasuredPoint = pointOf,
): MeasuredPoint {
  const { rows, columns, totalPoints } = shape(spec);
  const index = completed - totalPoints;
  const added = refinement?.points[index];
  if (!added) return measured(spec, completed + 1);
  const place = { row: rows + Math.floor(index / columns), column: index % columns };
  return { ...measured(spec, 1), seq: completed + 1, ...place, setpoint: added, readback: added };
}

/** The grid of a scan. */
export function shape(spec: ScanSpec | undefined): GridShape {
  if (!spec) throw new SkyScanError('invalid', 'spec is missing');
  return gridShape(boundsOf(spec));
}
