import type { IPublishPacket, MqttClient } from 'mqtt';
import {
  MAX_COMMAND_AGE_S,
  type CommandMessage,
  type CommandResultMessage,
  type MqttCommand,
} from '#contract/command-messages';
import { MQTT_TOPICS, type Topics } from '#contract/mqtt-topics';
import { errorKind, errorMessage } from '#shared/base/errors';
import { LOCAL_SITE } from '#shared/base/site-name';
import { createKeyedMutex } from '#shared/runtime/keyed-mutex';
import type { Logger } from '#shared/runtime/logger';
import { sleep } from '#shared/runtime/waiting';
import { messageWithReason } from '../clients/peer-errors.ts';
import { createDropLog } from '../drop-log.ts';
import type { Metrics } from '../metrics.ts';
import type { RotorCache } from '../rotors/rotor-cache.ts';
import { ageOfCommand, takeCommand } from '../store/commands.ts';
import type { RotorRow } from '../store/rotors.ts';
import { checkCommand } from './check-command.ts';
import { executeCommand, type CommandParts } from './execute.ts';
import { createRecentIds } from './recent-ids.ts';

export interface CommandFeedParts extends CommandParts {
  /** A connection without a stored session: commands that were sent while it was away are lost. */
  client: MqttClient;
  topics: Topics;
  allowed: readonly MqttCommand[];
  rotorCache: Pick<RotorCache, 'find'>;
  /** Whether this gateway works for the site. */
  isOwner: (siteId: number) => boolean;
  metrics: Pick<Metrics, 'messagesDropped'>;
  logger: Logger;
}

export interface CommandFeed {
  /** Describes what the broker denies; undefined: nothing. */
  trouble: () => string | undefined;
  /** Ends the waiting for other gateways. */
  close: () => void;
}

/** Commands in hand; the sender waits for an answer, so more of them are not useful. */
const MAX_IN_HAND = 100;
/** Another gateway takes a command that the one of the site has not taken by then. */
const TAKE_OVER_MS = { stop: 200, others: 1_000 };
/**
 * A stop must reach the rotor within 300 ms, also while the database hangs. Another gateway waits
 * longer, so that a slow database does not make both of them stop the rotor.
 */
const STOP_TAKES_MS = { owner: 150, others: 1_000 };
/** Gateways take the same command within this time; one that comes later is a repetition. */
const SAME_COMMAND_S = 10;

type Arrived = { command: MqttCommand; rotorId: number };
type Answer = Pick<CommandResultMessage, 'status' | 'message'> & {
  id: string | null;
  sessionId?: number | null;
};

/**
 * Executes commands from the broker, each by one gateway and at most once: the one that writes its
 * id first. The gateway of the rotor's site does so at once, the others only if it does not.
 */
export function createCommandFeed(parts: CommandFeedParts): CommandFeed {
  const { client, topics, allowed, rotorCache, db, isOwner, metrics, logger } = parts;
  const closing = new AbortController();
  const seen = createRecentIds();
  const inTurn = createKeyedMutex();
  const logDrop = createDropLog(logger);
  let inHand = 0;
  let trouble: string | undefined;

  client.on('connect', () => {
    client.subscribe(topics.allCommands, { qos: 1 }, (error) => {
      const refused = `the broker refuses the subscription to ${topics.allCommands}: its access rules (ACL) deny it to this user`;
      trouble = error && client.connected ? refused : undefined;
      if (trouble !== undefined) logger.warn(`MQTT: ${trouble}`);
    });
  });
  client.on('message', (topic, payload, packet) => {
    const arrived = topics.parseCommand(topic);
    // Empty: a retained command was cleared.
    if (!arrived || payload.length === 0) return;
    handle(arrived, payload.toString(), packet).catch((error: unknown) => {
      if (!closing.signal.aborted) logger.error({ err: error, topic }, 'unexpected error');
    });
  });

  async function handle(arrived: Arrived, payload: string, packet: IPublishPacket): Promise<void> {
    const { command, rotorId } = arrived;
    const checked = checkCommand({ command, payload, isRetained: packet.retain }, allowed, parts.nowMs());
    if ('refusal' in checked) return refuse(arrived, checked.id, checked.refusal);
    const { message } = checked;
    if (inHand >= MAX_IN_HAND && command !== 'stop')
      return refuse(arrived, message.id, `${MAX_IN_HAND} commands are being executed already`);
    if (!seen.add(message.id)) return refuse(arrived, message.id, REPEATED);
    inHand++;
    try {
      const rotor = await rotorCache.find(rotorId);
      if (rotor && !isOwner(rotor.site_id))
        await sleep(command === 'stop' ? TAKE_OVER_MS.stop : TAKE_OVER_MS.others, closing.signal);
      const arrivedMs = performance.now();
      const inOrder = async (of: RotorRow) => {
        const waitedS = Math.round((performance.now() - arrivedMs) / 1000);
        if (waitedS <= MAX_COMMAND_AGE_S) await takeAndExecute(arrived, of, message);
        else await refuse(arrived, message.id, `waited ${waitedS} s for other commands`);
      };
      // A stop waits for no other command.
      if (!rotor) await refuse(arrived, message.id, `there is no rotor ${rotorId}`);
      else if (command === 'stop') await takeAndExecute(arrived, rotor, message);
      else await inTurn(rotorId, () => inOrder(rotor));
    } catch (error) {
      await refuse(arrived, message.id, errorMessage(error));
    } finally {
      inHand--;
    }
  }

  async function takeAndExecute(arrived: Arrived, rotor: RotorRow, message: CommandMessage): Promise<void> {
    const limitMs = STOP_TAKES_MS[isOwner(rotor.site_id) ? 'owner' : 'others'];
    const isStop = arrived.command === 'stop';
    if (!(await (isStop ? takeStop(message.id, limitMs) : takeCommand(db, message.id)))) {
      const ageS = await ageOfCommand(db, message.id);
      if (ageS !== undefined && ageS > SAME_COMMAND_S) await refuse(arrived, message.id, REPEATED);
      return;
    }
    await answer(arrived, await execute(arrived.command, rotor, message));
  }

  /** Stopping twice does no harm, so a stop does not wait for the database. */
  async function takeStop(id: string, limitMs: number): Promise<boolean> {
    const ending = new AbortController();
    const late = sleep(limitMs, ending.signal).then(() => true);
    try {
      return await Promise.race([takeCommand(db, id), late]);
    } catch {
      return true;
    } finally {
      ending.abort();
      late.catch(() => undefined);
    }
  }

  async function execute(command: MqttCommand, rotor: RotorRow, message: CommandMessage): Promise<Answer> {
    const { id } = message;
    const facts = { rotor: rotor.id, command, id };
    try {
      const done = await executeCommand(parts, rotor, command, message);
      logger.info(facts, 'executed a command from MQTT');
      return { id, status: 'done', ...done };
    } catch (error) {
      const reason = messageWithReason(error);
      if (errorKind(error) === 'internal') logger.error({ err: error }, 'unexpected error');
      else logger.warn({ ...facts, reason }, 'a command from MQTT was not executed');
      const isRefusal = REFUSALS.has(errorKind(error));
      return { id, status: isRefusal ? 'refused' : 'failed', message: reason };
    }
  }

  /** One gateway answers: that of the site, for an unknown rotor that of the local site. */
  async function refuse(arrived: Arrived, id: string | null, reason: string): Promise<void> {
    metrics.messagesDropped.inc({ reason: 'command refused' });
    logDrop(topics.rotorCommand(arrived.rotorId, arrived.command), reason);
    const rotor = await rotorCache.find(arrived.rotorId).catch(() => undefined);
    if (isOwner(rotor?.site_id ?? LOCAL_SITE.id))
      await answer(arrived, { id, status: 'refused', message: reason });
  }

  async function answer(
    { command, rotorId }: Arrived,
    { id, status, message, sessionId = null }: Answer,
  ): Promise<void> {
    const result: CommandResultMessage = {
      id,
      command,
      rotor_id: rotorId,
      status,
      message,
      session_id: sessionId,
      at: new Date(parts.nowMs()).toISOString(),
    };
    const { qos, retained: retain } = MQTT_TOPICS.rotorResult;
    if (client.connected)
      await client.publishAsync(topics.rotorResult(rotorId), JSON.stringify(result), { qos, retain });
  }

  return { trouble: () => trouble, close: () => closing.abort() };
}

const REPEATED = 'repeated: a command with this id was received before';

/** Nothing was sent to the hardware. */
const REFUSALS = new Set([
  'invalid',
  'out_of_range',
  'not_found',
  'wrong_state',
  'busy',
  'wrong_site',
  'unsupported',
]);
