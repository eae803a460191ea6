import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** sdr-sampler as a process, from `dist`. */
export interface SamplerProcess {
  port: number;
  pid: number;
  /** CPU time of all threads so far, milliseconds. */
  cpuMs(): number;
  /** Sends the signal and resolves when the process has exited. */
  end(signal: NodeJS.Signals): Promise<void>;
}

const MAIN = fileURLToPath(new URL('../../dist/services/sdr-sampler/main.js', import.meta.url));
/** USER_HZ, which is 100 on every Linux machine. */
const MS_PER_TICK = 10;

/** Uses a free port and no broker; `receivers` in the format of `RECEIVERS`. */
export async function startSamplerProcess(receivers: string): Promise<SamplerProcess> {
  const env = {
    ...process.env,
    RECEIVERS: receivers,
    SDR_SAMPLER_PORT: '0',
    MQTT_URL: 'mqtt://127.0.0.1:1',
  };
  const child = fork(MAIN, { env, execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const exited = once(child, 'exit');
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const pid = child.pid ?? 0;
  return {
    port,
    pid,
    cpuMs: () => cpuMsOf(pid),
    end: (signal) => end(child, signal, exited),
  };
}

/** Fields 14 and 15 of /proc/PID/stat, utime and stime (proc_pid_stat(5)). */
function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return MS_PER_TICK * (Number(fields[11]) + Number(fields[12]));
}

async function end(child: ChildProcess, signal: NodeJS.Signals, exited: Promise<unknown>): Promise<void> {
  child.kill(signal);
  await exited;
}
