/** Credentials for machines, printed once and alone, so that a script can take them as they come. */
import { GatehouseError } from '../model/errors.ts'
import { ROLES, type Role } from '../operations/roles.ts'
import { type Command, UsageError } from './command.ts'
import { configOf, parse, withOperations } from './options.ts'

const BY = 'command line'

export const tokenCreate: Command = {
  name: 'token create',
  usage: 'token create --role ROLE [--label TEXT] [--contractor NAME] [--config FILE]',
  summary: 'Print a new API token of a role.',
  async run(args, terminal) {
    const { values } = parse(args, ['role', 'label', 'contractor'])
    const role = ROLES.find((known) => known === values.role) as Role | undefined
    if (!role) throw new UsageError(`--role is one of ${ROLES.join(', ')}`)
    if ((role === 'contractor') !== (values.contractor !== undefined)) {
      throw new UsageError('--contractor NAME goes with --role contractor, and is needed there')
    }
    const { label, contractor } = values
    await withOperations(configOf(values, terminal), async ({ registry }) => {
      terminal.out(await registry.createToken({ role, label, contractor }, BY))
    })
    return 0
  },
}

export const deviceToken: Command = {
  name: 'device token',
  usage: 'device token ID [--config FILE]',
  summary: 'Issue a new MQTT password of a device and print it.',
  async run(args, terminal) {
    const { values, positionals } = parse(args, [], ['ID'])
    const [id = ''] = positionals
    const config = configOf(values, terminal)
    if (!config.site.devices.some((device) => device.id === id)) {
      throw new GatehouseError('unknown-device', `There is no device ${id} in ${config.files.site}`)
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
      throw new GatehouseError('not-found', `There is no bridge ${name} in ${config.files.config}`)
    }
    await withOperations(config, async ({ registry }) =>
      terminal.out(await registry.issueBridgeToken(name, BY)),
    )
    return 0
  },
}
