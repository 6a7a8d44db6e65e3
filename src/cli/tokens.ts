/** MQTT passwords of devices and bridges, printed once and alone, so that a script can take them as they come. */
import { GatehouseError } from '../model/errors.ts'
import { meant } from '../model/meant.ts'
import type { Command } from './command.ts'
import { configOf, parse, withOperations } from './options.ts'

const BY = 'command line'

export const deviceToken: Command = {
  name: 'device token',
  usage: 'device token ID [--config FILE]',
  summary: 'Issue a new MQTT password of a device and print it.',
  async run(args, terminal) {
    const { values, positionals } = parse(args, [], ['ID'])
    const [id = ''] = positionals
    const config = configOf(values, terminal)
    if (!config.site.devices.some((device) => device.id === id)) {
      throw new GatehouseError(
        'unknown-device',
        `There is no device ${id} in ${config.files.site}${meant(id, idsOf(config.site.devices))}`,
      )
    }
    await withOperations(config, async ({ registry }) =>
      terminal.out(await registry.issueDeviceToken(id, BY)),
    )
    return 0
  },
}

export const bridgeToken: Command = {
  name: 'bridge token',
  usage: 'bridge token NAME [--config FILE]',
  summary: 'Issue a new MQTT password of a bridge and print it.',
  async run(args, terminal) {
    const { values, positionals } = parse(args, [], ['NAME'])
    const [name = ''] = positionals
    const config = configOf(values, terminal)
    if (!config.bridges.some((bridge) => bridge.name === name)) {
      throw new GatehouseError(
        'not-found',
        `There is no bridge ${name} in ${config.files.config}${meant(
          name,
          config.bridges.map((bridge) => bridge.name),
        )}`,
      )
    }
    await withOperations(config, async ({ registry }) =>
      terminal.out(await registry.issueBridgeToken(name, BY)),
    )
    return 0
  },
}

const idsOf = (devices: readonly { readonly id: string }[]): string[] => devices.map(({ id }) => id)
