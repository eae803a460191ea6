import { readFileSync } from 'node:fs';

// USER_HZ, which is 100 on every Linux machine.
const TICKS_PER_S = 100;

/** Processor time of all threads of a process, seconds. */
export function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}

/** Bytes in the kernel's send queues of a server's connections on this port. */
export function sendQueueBytes(port: number): number {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  let bytes = 0;
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6'])
    for (const line of readFileSync(file, 'utf8').split('\n').slice(1)) {
      const [, local = '', , , queues = ''] = line.trim().split(/\s+/);
      if (local.endsWith(`:${hex}`)) bytes += parseInt(queues.split(':')[0] ?? '', 16) || 0;
    }
  return bytes;
}
