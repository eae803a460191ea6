import type { Clock } from '#shared/runtime/clock';

export interface LoggedCommand {
  atUnixMs: number;
  command: string;
  accepted: boolean;
}

export interface CommandLog {
  /** Returns `accepted`. */
  add(command: string, accepted: boolean): boolean;
  /** The last commands, oldest first. */
  last(): LoggedCommand[];
}

const MAX_COMMANDS = 100;

export function createCommandLog(clock: Clock): CommandLog {
  const commands: LoggedCommand[] = [];
  return {
    add(command, accepted) {
      if (commands.length >= MAX_COMMANDS) commands.shift();
      commands.push({ atUnixMs: clock.unixMs(), command, accepted });
      return accepted;
    },
    last: () => [...commands],
  };
}
