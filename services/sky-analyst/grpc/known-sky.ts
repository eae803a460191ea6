import type { CallContext } from 'nice-grpc-common';
import type { ReadKnownSkyRequest } from '#proto/known_sky';
import type { SkyAnalystServiceImplementation } from '#proto/sky_analyst';
import { SkyScanError } from '#shared/base/errors';
import type { ReadThreads } from '../threads/read-threads.ts';
import { resultOf, type TaskThreads } from '../threads/task-threads.ts';
import {
  knownKindOf,
  overlaysRequestOf,
  placeOf,
  recordsOf,
  sourcesOf,
  toMessage,
} from './known-sky-messages.ts';

/** The calls about what is known of the sky. */
export function knownSkyCalls({
  questions,
  readers,
}: {
  questions: TaskThreads;
  readers: ReadThreads;
}): Pick<
  SkyAnalystServiceImplementation,
  'readKnownSky' | 'identifySources' | 'findKnownObject' | 'skyOverlays'
> {
  return {
    async *readKnownSky(requests, { signal }: CallContext) {
      const messages = requests[Symbol.asyncIterator]();
      const first = await messages.next();
      const kind = knownKindOf(
        !first.done && first.value.content?.$case === 'kind' ? first.value.content.value : undefined,
      );
      const { batches, ...summary } = await readers.read(kind, partsOf(messages), signal);
      for (const records of batches) yield { content: { $case: 'records', value: Buffer.from(records) } };
      yield { content: { $case: 'summary', value: summary } };
    },
    async identifySources(requests, { signal }: CallContext) {
      const { settings, batches } = await recordsOf(requests);
      const input = { site: placeOf(settings.site), sources: sourcesOf(settings), batches };
      for await (const message of questions.run('identifySources', input, signal))
        if ('result' in message) return { sources: message.result.map(toMessage) };
      throw new SkyScanError('internal', 'the identification has no result');
    },
    async findKnownObject(requests, { signal }: CallContext) {
      const { settings, batches } = await recordsOf(requests);
      const { name } = settings;
      const kind = knownKindOf(settings.kind);
      if (kind === 'elements') {
        const { elements, maxAgeDays } = await resultOf(
          questions,
          'findSatellite',
          { name, batches },
          signal,
        );
        return { object: { $case: 'satellite', value: { omm: JSON.stringify(elements), maxAgeDays } } };
      }
      if (kind === 'frequencies') throw new SkyScanError('invalid', 'frequencies have no names');
      const { name: known, ...place } = await resultOf(questions, 'findEmitter', { name, batches }, signal);
      return { object: { $case: 'emitter', value: { name: known, place } } };
    },
    async skyOverlays(requests, { signal }: CallContext) {
      const { settings, batches } = await recordsOf(requests);
      const input = { site: placeOf(settings.site), request: overlaysRequestOf(settings), batches };
      for await (const message of questions.run('skyOverlays', input, signal)) {
        if (!('result' in message)) continue;
        const { curves: overlays, notes } = message.result;
        return {
          notes,
          overlays: overlays.map(({ kind, curves }) => ({
            kind,
            curves: curves.map(({ name, points }) => ({
              name,
              azimuthsDeg: points.map(({ azimuthDeg }) => azimuthDeg),
              elevationsDeg: points.map(({ elevationDeg }) => elevationDeg),
              timesMs: points.flatMap(({ unixMs }) => (unixMs === undefined ? [] : [unixMs])),
            })),
          })),
        };
      }
      throw new SkyScanError('internal', 'the overlays have no result');
    },
  };
}

async function* partsOf(
  requests: AsyncIterator<ReadKnownSkyRequest>,
): AsyncGenerator<{ chunk: Uint8Array } | { nextFile: true }, void> {
  for (let next = await requests.next(); !next.done; next = await requests.next()) {
    const { content } = next.value;
    if (content?.$case === 'chunk') yield { chunk: content.value };
    else if (content?.$case === 'nextFile') yield { nextFile: true };
    else throw new SkyScanError('invalid', 'each further message must have `chunk` or `next_file`');
  }
}
