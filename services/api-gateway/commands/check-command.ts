import {
  commandMessageSchema,
  MAX_COMMAND_AGE_S,
  type CommandMessage,
  type MqttCommand,
} from '#contract/command-messages';

/** A command as it arrived. */
export interface ArrivedCommand {
  command: MqttCommand;
  payload: string;
  /** Whether the broker had kept it. */
  isRetained: boolean;
}

/** A command that may be executed, or why not. */
export type Checked = { message: CommandMessage } | { id: string | null; refusal: string };

const MAX_LENGTH = 1_000;

/** Checks all that needs no database. `nowMs`: Unix time. */
export function checkCommand(
  { command, payload, isRetained }: ArrivedCommand,
  allowed: readonly MqttCommand[],
  nowMs: number,
): Checked {
  const parsed = parse(payload);
  if ('refusal' in parsed) return parsed;
  const { message } = parsed;
  const refusal = isRetained
    ? 'the message is retained: publish commands without retain, and clear the topic with an empty retained message'
    : allowed.includes(command)
      ? (ageProblem(command, message, nowMs) ?? fieldProblem(command, message))
      : `the command is not enabled: MQTT_COMMANDS allows ${allowed.join(', ')}`;
  return refusal === undefined ? parsed : { id: message.id, refusal };
}

function parse(payload: string): Checked {
  const malformed = (reason: string): Checked => ({ id: null, refusal: `malformed: ${reason}` });
  if (payload.length > MAX_LENGTH)
    return malformed(`${payload.length} characters, at most ${MAX_LENGTH} are possible`);
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch {
    return malformed('not JSON; send {"id": "a unique text", "sent_at": "2027-03-28T01:00:00Z"}');
  }
  const { data, error } = commandMessageSchema.safeParse(value);
  if (data) return { message: data };
  const [issue] = error.issues;
  const path = issue?.path.join('.') ?? '';
  return malformed(path === '' ? (issue?.message ?? 'not a command') : `${path} ${issue?.message}`);
}

/** A stop needs no time, so that a device without a clock can send it. */
function ageProblem(command: MqttCommand, { sent_at }: CommandMessage, nowMs: number): string | undefined {
  if (sent_at === undefined) return command === 'stop' ? undefined : 'malformed: sent_at is missing';
  const ageS = Math.round((nowMs - Date.parse(sent_at)) / 1000);
  if (Math.abs(ageS) <= MAX_COMMAND_AGE_S) return undefined;
  const distance = ageS > 0 ? `${ageS} s ago` : `${-ageS} s in the future`;
  return `sent ${distance} by its sent_at, at most ${MAX_COMMAND_AGE_S} s are allowed (compare the clocks)`;
}

function fieldProblem(command: MqttCommand, { session_id, schedule_id }: CommandMessage): string | undefined {
  if (command === 'start' && schedule_id === undefined) return 'malformed: schedule_id is missing';
  if (command !== 'start' && schedule_id !== undefined) return 'malformed: schedule_id belongs to start';
  const ofScan = command === 'pause' || command === 'resume' || command === 'cancel';
  return !ofScan && session_id !== undefined
    ? 'malformed: session_id belongs to pause, resume and cancel'
    : undefined;
}
