/** Reads the whole configuration as a start would, and says what it found. */
import type { Command } from './command.ts'
import { configOf, parse } from './options.ts'

export const checkConfig: Command = {
  name: 'check-config',
  usage: 'check-config [--config FILE]',
  summary: 'Check the configuration without starting anything.',
  async run(args, terminal) {
    const config = configOf(parse(args, []).values, terminal)
    const { site, rules, profiles, sources } = config
    terminal.out(
      `${config.files.config} is valid: ${site.devices.length} devices of ${profiles.length} profiles, ` +
        `${rules.length} rules, ${sources.length} sources beside the embedded broker`,
    )
    return 0
  },
}
