import { join } from 'node:path';
import { openLogFile, type LogFile } from './log-file.ts';

/** The logs of the processes of one launch, `{name}.log` each. */
export interface LogFolder {
  open(name: string): LogFile;
  /** Closes all of them. */
  close(): void;
}

export function createLogFolder(folder: string): LogFolder {
  const logs: LogFile[] = [];
  return {
    open(name) {
      const log = openLogFile(join(folder, `${name}.log`));
      logs.push(log);
      return log;
    },
    close() {
      for (const log of logs) log.close();
    },
  };
}
