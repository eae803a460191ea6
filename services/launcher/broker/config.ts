import { z } from 'zod';
import { portVariable } from '#shared/runtime/env';
import { mqttVariables } from '#shared/runtime/mqtt-client';

/** Every local user may read from the embedded broker, so it has no bind address: loopback only. */
export const configSchema = z.object({
  MQTT_PORT: portVariable
    .default(1883)
    .describe('port on 127.0.0.1; other bind addresses are not supported, because every local user may read'),
  /**
   * Password of the user `skyscan`, the only one that may publish below MQTT_BASE_TOPIC. Without it
   * every client may.
   */
  MQTT_PASSWORD: mqttVariables.MQTT_PASSWORD,
  MQTT_OPERATOR_PASSWORD: z
    .string()
    .optional()
    .describe('password of the user `operator`, who may send commands. Default: there is none'),
  MQTT_BASE_TOPIC: mqttVariables.MQTT_BASE_TOPIC,
});

export type Config = z.infer<typeof configSchema>;
