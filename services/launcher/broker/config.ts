import { z } from 'zod';
import { portVariable } from '#shared/env';

/** The embedded broker has no logins, so it has no bind address either: loopback only. */
export const configSchema = z.object({
  MQTT_PORT: portVariable.default(1883),
});

export type Config = z.infer<typeof configSchema>;
