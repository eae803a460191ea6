import { Command, CommanderError } from 'commander';
import { loadConfig } from '#shared/runtime/env';
import { errorKind, errorMessage } from '#shared/base/errors';
import { VERSION } from '#shared/runtime/version';
import { ApiError } from '#contract/client/api-error';
import { createApi } from './api.ts';
import { alerts } from './commands/alerts.ts';
import { anomalies } from './commands/anomalies.ts';
import { baselines } from './commands/baselines.ts';
import { bearings } from './commands/bearings.ts';
import { catalogue } from './commands/catalogue.ts';
import { completion } from './commands/completion.ts';
import { exportScan } from './commands/export.ts';
import { pattern } from './commands/pattern.ts';
import { pointCalibrate } from './commands/point-calibrate.ts';
import { knownSky } from './commands/known-sky.ts';
import { receivers } from './commands/receivers.ts';
import { record } from './commands/record.ts';
import { rotorsCharacterise } from './commands/rotors-characterise.ts';
import { rotorsConfig } from './commands/rotors-config.ts';
import { rotorsList } from './commands/rotors-list.ts';
import { rotorsMove } from './commands/rotors-move.ts';
import { scan } from './commands/scan.ts';
import { schedules } from './commands/schedules.ts';
import { session } from './commands/session.ts';
import { sessions } from './commands/sessions.ts';
import { sites } from './commands/sites.ts';
import { sources } from './commands/sources.ts';
import { spectrum } from './commands/spectrum.ts';
import { up } from './commands/up.ts';
import { configSchema } from './config.ts';
import { CancelledError, DetachedError, type Context, type Environment } from './context.ts';
import { EXIT, EXIT_HELP, ExitError } from './exit-codes.ts';
import { printable } from './output.ts';
import { colourDepth } from './terminal/colour-depth.ts';

/** Runs one command line (without node and the script) and returns the exit code. Never throws. */
export async function run(args: readonly string[], environment: Environment): Promise<number> {
  const { env, out, err, interrupts } = environment;
  const interrupted = interrupts.signal;
  const context: Context = {
    ...environment,
    interrupted,
    colours: colourDepth(env, out.isTTY ?? false),
    api: () => {
      const config = loadConfig(configSchema, env);
      return createApi(config.SKYSCAN_URL, config.SKYSCAN_API_KEY, interrupted);
    },
  };
  try {
    await createProgram(context).parseAsync(args, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (error instanceof ExitError) return error.code;
    if (error instanceof DetachedError) {
      err.write(`Left: ${error.message}.\n`);
      return EXIT.detached;
    }
    if (interrupted.aborted || error instanceof CancelledError) {
      err.write(error instanceof CancelledError ? `Cancelled: ${error.message}.\n` : 'Cancelled.\n');
      return EXIT.cancelled;
    }
    err.write(`skyscan: ${printable(errorMessage(error))}\n`);
    return exitCodeOf(error);
  }
}

function createProgram(context: Context): Command {
  const program = new Command('skyscan')
    .description('Sky Scan on the command line')
    .version(VERSION)
    .configureOutput({
      writeOut: (text) => void context.out.write(text),
      writeErr: (text) => void context.err.write(text),
    })
    .exitOverride()
    .showHelpAfterError('(see skyscan --help)')
    .addHelpText('after', EXIT_HELP);
  scan(program, context);
  sessions(program, context);
  session(program, context);
  exportScan(program, context);
  spectrum(program, context);
  pattern(program, context);
  sources(program, context);
  catalogue(program, context);
  schedules(program, context);
  baselines(program, context);
  anomalies(program, context);
  alerts(program, context);
  const rotors = program.command('rotors').description('manage and move rotators');
  rotorsList(rotors, context);
  rotorsConfig(rotors, context);
  rotorsMove(rotors, context);
  rotorsCharacterise(rotors, context);
  pointCalibrate(program, context);
  record(program, context);
  receivers(program, context);
  sites(program, context);
  bearings(program, context);
  knownSky(program, context);
  up(program, context);
  completion(program, context);
  return program;
}

function exitCodeOf(error: unknown): number {
  if (error instanceof ApiError)
    return error.status === 0 || error.status >= 500 ? EXIT.unavailable : EXIT.failed;
  const kind = errorKind(error);
  if (kind === 'invalid') return EXIT.usage;
  return kind === 'unavailable' ? EXIT.unavailable : EXIT.failed;
}
