import { Command, CommanderError } from 'commander';
import { loadConfig } from '#shared/env';
import { errorKind, errorMessage } from '#shared/errors';
import { VERSION } from '#shared/version';
import { createApi, RefusedError } from './api.ts';
import { rotorsCharacterise } from './commands/rotors-characterise.ts';
import { rotorsList } from './commands/rotors-list.ts';
import { configSchema } from './config.ts';
import { CancelledError, type Context, type World } from './context.ts';
import { EXIT, EXIT_HELP } from './exit-codes.ts';

/** Runs one command line (without node and the script) and returns the exit code. Never throws. */
export async function run(args: readonly string[], world: World): Promise<number> {
  const { env, out, err, interrupted } = world;
  const context: Context = {
    out,
    err,
    interrupted,
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
    if (interrupted.aborted) {
      err.write(error instanceof CancelledError ? `Cancelled: ${error.message}.\n` : 'Cancelled.\n');
      return EXIT.cancelled;
    }
    err.write(`skyscan: ${errorMessage(error)}\n`);
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
    .showHelpAfterError('(skyscan --help says more)')
    .addHelpText('after', EXIT_HELP);
  const rotors = program.command('rotors').description('rotators');
  rotorsList(rotors, context);
  rotorsCharacterise(rotors, context);
  return program;
}

function exitCodeOf(error: unknown): number {
  if (error instanceof RefusedError) return error.status >= 500 ? EXIT.unavailable : EXIT.failed;
  const kind = errorKind(error);
  if (kind === 'invalid') return EXIT.usage;
  return kind === 'unavailable' ? EXIT.unavailable : EXIT.failed;
}
