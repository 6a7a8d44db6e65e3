/** Reads the whole configuration as a start would, and says all that it found, of every file at once. */
import { assertFits } from '../config/fit.ts'
import { heardTwice, unheard } from '../config/heard.ts'
import { nearPoints } from '../config/near-points.ts'
import { countedTwice } from '../metering/counted-meters.ts'
import { devicesById } from '../model/device.ts'
import type { DeviceId } from '../model/reading.ts'
import { profileName } from '../profiles/device-profile.ts'
import { idleRules } from '../rules/idle-rules.ts'
import { unprovable } from '../rules/unprovable.ts'
import type { Command } from './command.ts'
import { configOf, parse } from './options.ts'

export const checkConfig: Command = {
  name: 'check-config',
  usage: 'check-config [--config FILE]',
  summary: 'Check the configuration without starting anything.',
  async run(args, terminal) {
    const config = configOf(parse(args, []).values, terminal)
    const { site, rules, profiles, sources } = config
    const bound = assertFits(config)
    terminal.out(
      `${config.files.config} is valid: ${site.devices.length} devices of ${profiles.length} profiles, ` +
        `${rules.length} rules, ${sources.length} ${sources.length === 1 ? 'source' : 'sources'} beside the embedded broker`,
    )
    const points = [...new Set(profiles.flatMap((profile) => Object.keys(profile.points)))]
    for (const { sentence } of idleRules(bound, points)) terminal.err(`Warning: ${sentence}`)
    const byName = new Map(profiles.map((profile) => [profileName(profile), profile]))
    const byId = devicesById(site.devices)
    const reportsEveryMs = (id: DeviceId) => {
      const device = byId.get(id)
      return device?.reportsEveryMs ?? byName.get(device?.profile ?? '')?.reportsEveryMs ?? undefined
    }
    for (const sentence of unprovable(bound, reportsEveryMs)) terminal.err(`Warning: ${sentence}`)
    for (const sentence of countedTwice(site)) terminal.err(`Warning: ${sentence}`)
    for (const sentence of [...unheard(config), ...heardTwice(config)]) terminal.err(`Warning: ${sentence}`)
    for (const sentence of profiles.flatMap(nearPoints)) terminal.err(`Warning: ${sentence}`)
    return 0
  },
}
