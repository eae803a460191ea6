import type { Command } from 'commander';
import type { RecordRequest } from '#contract/rest/recordings';
import { idParser, parseNumber, parsePointing } from '../arguments.ts';
import { writeAtomically } from '../atomic-write.ts';
import type { Context } from '../context.ts';
import { toJsonLine } from '../output.ts';

interface Options {
  output: string;
  ms: number;
  at?: { azimuth: number; elevation: number };
  frequency?: number;
  bandwidth?: number;
  gain?: number;
  force?: boolean;
  json?: boolean;
}

/** `skyscan record ROTOR -o FILE` */
export function record(program: Command, { api, out, err }: Context): void {
  program
    .command('record')
    .description("record IQ samples of a rotator's receiver as a SigMF archive")
    .argument('<rotor>', 'rotator id, see `skyscan rotors list`', idParser('a rotator'))
    .requiredOption('-o, --output <file>', 'output file, usually *.sigmf; - is standard output')
    .requiredOption('--ms <duration>', 'milliseconds', parseNumber('ms', 0.001, 10_000, 'ms'))
    .option('--at <az:el>', 'move there first, deg; default: where the rotator is', parsePointing)
    .option('--frequency <hz>', 'default: that of the rotator', parseNumber('frequency', 1, 100e9, 'Hz'))
    .option('--bandwidth <hz>', 'of the channel, likewise', parseNumber('bandwidth', 1, 100e6, 'Hz'))
    .option('--gain <db>', 'likewise', parseNumber('gain', -100, 200, 'dB'))
    .option('--force', 'overwrite an existing file')
    .option('--json', 'print a summary as JSON')
    .action(async (id: number, options: Options) => {
      const chunks = api().stream(`/api/rotors/${id}/record`, requestOf(options));
      if (options.output === '-') {
        for await (const chunk of chunks) if (out.write(chunk) === false) await out.drained?.();
        return;
      }
      const bytes = await writeAtomically(options.output, chunks, options.force ?? false);
      if (options.json) out.write(toJsonLine({ rotor_id: id, file: options.output, bytes }));
      else err.write(`${options.output}: ${bytes} bytes\n`);
    });
}

function requestOf({ ms, at, frequency, bandwidth, gain }: Options): RecordRequest {
  return {
    duration_ms: ms,
    ...at,
    ...(frequency !== undefined && { center_frequency_hz: frequency }),
    ...(bandwidth !== undefined && { bandwidth_hz: bandwidth }),
    ...(gain !== undefined && { gain_db: gain }),
  };
}
