/** What mqtt.js is told for one connection: a persistent session, and nothing that it would do by itself. */
import { readFileSync } from 'node:fs'
import type { IClientOptions } from 'mqtt'
import { GatehouseError } from '../model/errors.ts'
import type { MqttSourceOptions } from './mqtt-options.ts'
import type { StateMessage } from './sparkplug-host.ts'

const CONNECT_WITHIN_MS = 10_000

/** Reads the certificates, so that one that was renewed is used. Throws GatehouseError `config-invalid`. */
export function clientSettings(
  options: MqttSourceOptions,
  clientId: string,
  will?: StateMessage,
): IClientOptions {
  const file = (path: string | undefined) => {
    try {
      return path === undefined ? undefined : readFileSync(path)
    } catch (cause) {
      const sentence = `Source ${options.name}: a certificate file cannot be read: ${(cause as Error).message}`
      throw new GatehouseError('config-invalid', sentence, { cause })
    }
  }
  const given = {
    username: options.username,
    password: options.password,
    ca: file(options.caFile),
    cert: file(options.certFile),
    key: file(options.keyFile),
    will,
    properties:
      options.protocolVersion === 5
        ? {
            sessionExpiryInterval: options.sessionExpiryS,
            receiveMaximum: options.maxUndelivered,
            maximumPacketSize: options.maxPacketBytes,
          }
        : undefined,
  }
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  return {
    clientId,
    clean: false,
    protocolVersion: options.protocolVersion,
    keepalive: options.keepaliveS,
    connectTimeout: CONNECT_WITHIN_MS,
    manualConnect: true, // or queued messages arrive before anyone handles them
    reconnectPeriod: 0, // mqtt.js would come back at a fixed beat, all gateways together
    resubscribe: false,
    queueQoSZero: false,
    ...present,
  }
}
