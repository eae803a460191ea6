import {
  SkyAnalystDefinition,
  type FitPointingResponse,
  type MaskInterferenceRequest,
  type MeasureOffsetRequest,
  type MeasureOffsetResponse,
} from '#proto/sky_analyst';
import { createGrpcClient } from '#shared/runtime/grpc-client';
import type { GrpcSettings } from '#shared/runtime/grpc-credentials';
import { SkyScanError } from '#shared/base/errors';
import { pointingModelFromMessage } from '#shared/rotor/rotor-messages';
import type { PointingModel } from '#shared/sky/pointing-model';
import type { Pointing } from '#shared/sky/pointing';
import { bytesOfCodes } from '#shared/spectrum/point-spectrum';
import type { SolveAnswer } from '#contract/rest/bearings';
import type { InterferenceValue } from '#contract/interference-values';
import type { HertzRange } from '../domain/channel-range.ts';
import type { StoredBand } from '../store/spectra/bands.ts';
import type { SpectraBlock } from '../store/spectra/read-points.ts';
import type { BandStatistics } from '../store/baselines/statistics.ts';
import { solveAnswer, solveRequest, type SolvableBearing, type SolveSettings } from './bearing-messages.ts';
import {
  comparisonReportFrom,
  comparisonRequests,
  statisticsFrom,
  summaryRequests,
  type ComparedLevels,
  type ComparisonReport,
  type ComparisonRequest,
} from './comparison-messages.ts';
import { grpcHealthCheck, type HealthCheck } from './health-check.ts';
import { createKnownSkyCalls, type KnownSkyCalls } from './known-sky.ts';
import type { PatternFileFormat } from '#shared/pattern/pattern-file-formats';
import { filePatternFrom, patternFileRequests, type FilePattern } from './pattern-file-messages.ts';
import {
  patternFrom,
  patternRequests,
  type MeasuredPattern,
  type PatternRequest,
} from './pattern-messages.ts';
import { createPeerCalls } from './peer-errors.ts';
import {
  reportFrom,
  sourceRequests,
  type SourceReport,
  type SourceSearchRequest,
} from './source-messages.ts';

/** Results of consecutive points; NaN: none. */
export type InterferenceColumns = Record<InterferenceValue, number[]>;

/** A source of known direction, found at a readback of the mount. */
export interface FittedObservation {
  direction: Pointing;
  readback: Pointing;
  /** Standard deviation on the sky, per axis. */
  sigmaDeg: number;
}

/** A model fitted to observations; lists are in the order of `terms` or of the observations. */
export interface PointingFit extends Omit<FitPointingResponse, 'model'> {
  model: PointingModel;
}

/** Client of sky-analyst. Every method throws a `SkyScanError` with a message for the user. */
export interface SkyAnalyst extends KnownSkyCalls {
  /** The versions of its methods: results of another version are not comparable. */
  methods(
    signal: AbortSignal,
  ): Promise<{ interferenceMask: number; sourceFinder: number; mapComparison: number }>;
  /** Finds interference in the spectra of a band, in the order of the points. */
  maskInterference(
    band: StoredBand,
    measured: HertzRange,
    points: AsyncIterable<SpectraBlock>,
    signal: AbortSignal,
  ): AsyncGenerator<InterferenceColumns, void>;
  /** Finds sources; reports its progress, 0 to 1. `signal` ends it. */
  findSources(
    search: SourceSearchRequest,
    onProgress: (done: number) => Promise<void>,
    signal: AbortSignal,
  ): Promise<SourceReport>;
  /**
   * Compares a session with a baseline. Throws `wrong_state` if too little of it can be compared.
   */
  compareMap(comparison: ComparisonRequest, signal: AbortSignal): Promise<ComparisonReport>;
  /** The usual level of each cell; `levels`: of each session (level-codes.ts). */
  summarizeLevels(cells: number, levels: AsyncIterable<Buffer>, signal: AbortSignal): Promise<BandStatistics>;
  /**
   * Finds where the bearings of several places cross. Throws `invalid` for bearings of one place
   * and for too many combinations.
   */
  solveBearings(
    bearings: readonly SolvableBearing[],
    settings: SolveSettings,
    signal: AbortSignal,
  ): Promise<SolveAnswer>;
  /**
   * Where a source appears relative to where it is. Throws `wrong_state` without a source in the
   * scan.
   */
  measureOffset(scan: MeasureOffsetRequest, signal: AbortSignal): Promise<MeasureOffsetResponse>;
  fitPointing(observations: FittedObservation[], signal: AbortSignal): Promise<PointingFit>;
  /**
   * The pattern of the antenna from a scan over a source. Throws `wrong_state` if the scan does not
   * show the beam.
   */
  measurePattern(request: PatternRequest, signal: AbortSignal): Promise<MeasuredPattern>;
  /**
   * The pattern of a file of UTF-8. Throws `invalid` if it does not have the format, `no_room` if
   * it is too large.
   */
  measurePatternFile(
    format: PatternFileFormat,
    file: AsyncIterable<Buffer>,
    signal: AbortSignal,
  ): Promise<FilePattern>;
  health: HealthCheck;
  close(): void;
}

const SKY_ANALYST = 'sky-analyst';
const DEADLINE_MS = 5_000;
/** The most combinations of bearings take about 10 s. */
const SOLVE_DEADLINE_MS = 60_000;

export function connectSkyAnalyst(address: string, security: GrpcSettings): SkyAnalyst {
  const { client, close } = createGrpcClient(SkyAnalystDefinition, address, security);
  const { call, finding } = createPeerCalls(SKY_ANALYST);
  const health = grpcHealthCheck(SkyAnalystDefinition.fullName, address, security, finding);
  return {
    ...createKnownSkyCalls(client, call),
    methods: (signal) => call(() => client.describeMethods({}, { signal, deadline: DEADLINE_MS })),
    async *maskInterference(band, measured, points, signal) {
      const answers = client
        .maskInterference(requests(band, measured, points), { signal })
        [Symbol.asyncIterator]();
      try {
        for (;;) {
          const answer = await call(() => answers.next());
          if (answer.done) return;
          const { meanDb, meanCleanDb, flaggedChannels, flaggedTime } = answer.value;
          yield {
            mean_dbm: meanDb,
            mean_clean_dbm: meanCleanDb,
            flagged_channels: flaggedChannels,
            flagged_time: flaggedTime,
          };
        }
      } finally {
        // Ends the call when the consumer stops early.
        await answers.return?.();
      }
    },
    async findSources(search, onProgress, signal) {
      // Ends the stream of requests too when the call fails.
      const ended = new AbortController();
      const answers = client
        .findSources(sourceRequests(search), { signal: AbortSignal.any([signal, ended.signal]) })
        [Symbol.asyncIterator]();
      try {
        for (;;) {
          const answer = await call(() => answers.next());
          const content = answer.done ? undefined : answer.value.content;
          if (content?.$case === 'report') return reportFrom(content.value);
          if (!content) throw new SkyScanError('unavailable', `${SKY_ANALYST} ended without a result`);
          await onProgress(content.value);
        }
      } finally {
        ended.abort();
      }
    },
    async compareMap(comparison, signal) {
      // Ends the stream of requests too when the call fails.
      const ended = new AbortController();
      const both = AbortSignal.any([signal, ended.signal]);
      const answers = client
        .compareMap(comparisonRequests(comparison), { signal: both })
        [Symbol.asyncIterator]();
      const levels: ComparedLevels[] = [];
      try {
        for (;;) {
          const answer = await call(() => answers.next());
          const content = answer.done ? undefined : answer.value.content;
          if (!content) throw new SkyScanError('unavailable', `${SKY_ANALYST} ended without a result`);
          if (content.$case === 'report') return comparisonReportFrom(content.value, levels);
          if (content.$case !== 'levels') continue;
          const { levelDb: level, changeDb: change, z } = content.value;
          levels.push({ level, change, z });
        }
      } finally {
        ended.abort();
      }
    },
    summarizeLevels: (cells, levels, signal) =>
      call(async () =>
        statisticsFrom(await client.summarizeLevels(summaryRequests(cells, levels), { signal })),
      ),
    solveBearings: (bearings, settings, signal) =>
      call(async () => {
        const request = solveRequest(bearings, settings);
        const options = { signal, deadline: SOLVE_DEADLINE_MS };
        return solveAnswer(await client.solveBearings(request, options), bearings);
      }),
    measureOffset: (scan, signal) =>
      call(() => client.measureOffset(scan, { signal, deadline: DEADLINE_MS })),
    async fitPointing(observations, signal) {
      const { model, ...fit } = await call(() =>
        client.fitPointing({ observations }, { signal, deadline: DEADLINE_MS }),
      );
      if (!model) throw new SkyScanError('internal', `${SKY_ANALYST} has sent no model`);
      return { ...fit, model: pointingModelFromMessage(model) };
    },
    measurePattern: (request, signal) =>
      call(async () => patternFrom(await client.measurePattern(patternRequests(request), { signal }))),
    measurePatternFile: (format, file, signal) =>
      call(async () =>
        filePatternFrom(await client.measurePatternFile(patternFileRequests(format, file), { signal })),
      ),
    health: health.check,
    close() {
      health.close();
      close();
    },
  };
}

async function* requests(
  { firstChannelHz, channelHz, flags }: StoredBand,
  measured: HertzRange,
  points: AsyncIterable<SpectraBlock>,
): AsyncGenerator<MaskInterferenceRequest> {
  const band = { firstChannelHz, channelHz, flags: Buffer.from(flags) };
  yield { content: { $case: 'settings', value: { band, ...measured } } };
  for await (const { codes, transforms } of points) {
    const bytes = (list: Int16Array | undefined) => Buffer.from(list ? bytesOfCodes(list) : []);
    yield {
      content: {
        $case: 'points',
        value: {
          mean: bytes(codes.mean),
          kurtosis: bytes(codes.kurtosis),
          occupancy: bytes(codes.occupancy),
          transforms: [...transforms],
        },
      },
    };
  }
}
