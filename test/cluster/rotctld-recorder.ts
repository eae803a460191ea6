// On the machine of a site, between its rotor-driver and its rotctld: forwards everything and
// reports every motion command to its parent.
// node --conditions=source --import tsx test/cluster/rotctld-recorder.ts PORT TARGET_PORT
import { RotctldLog } from '../faults/rotctld-log.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

const [port = 0, targetPort = 0] = process.argv.slice(2).map(Number);
const log = new RotctldLog(Date.now);
await startTcpProxy({
  port,
  targetPort,
  onRequest(bytes, connection) {
    log.take(bytes, connection);
    for (const command of log.commands.splice(0)) process.send?.(command);
  },
});
process.on('disconnect', () => process.exit());
process.send?.({ ready: true });
