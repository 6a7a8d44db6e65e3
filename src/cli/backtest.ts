/**
 * Draft rules over history, beside the running gateway or without it: what they would have raised, and what
 * would change.
 */
import { availableParallelism } from 'node:os'
import { reportText } from '../backtest/text.ts'
import { reportView } from '../backtest/view.ts'
import { testerOf } from '../config/draft.ts'
import { readRules } from '../config/rules.ts'
import { systemClock } from '../connect/system-clock.ts'
import { showInstantIn } from '../http/instants.ts'
import type { Instant } from '../model/instant.ts'
import { becauseText } from '../model/words.ts'
import { type Command, UsageError } from './command.ts'
import { configOf, parse, withOperations } from './options.ts'

const MOST_PROCESSES = 4
const ONE_HOUR_MS = 3_600_000
const ONE_DAY_MS = 24 * ONE_HOUR_MS

export const backtest: Command = {
  name: 'backtest',
  usage:
    'backtest --rules FILE --from WHEN --to WHEN [--warm-up 14d] [--devices ID[,ID…]] [--format table|json] [--config FILE]',
  summary: 'Run rules over history and tell what they would have raised.',
  async run(args, terminal) {
    const { values } = parse(args, ['rules', 'from', 'to', 'warm-up', 'devices', 'format'])
    const { rules: file, format = 'table' } = values
    if (file === undefined) throw new UsageError('--rules FILE is needed')
    if (format !== 'table' && format !== 'json') throw new UsageError('--format is table or json')
    const config = configOf(values, terminal)
    const { site } = config
    const from = instantIn(values.from, 'from', site.timeZone)
    const to = instantIn(values.to, 'to', site.timeZone)
    const warmUpMs = durationIn(values['warm-up'])
    const devices = values.devices?.split(',')
    const rules = readRules(file)
    const report = await withOperations(config, ({ alarms }) => {
      const tester = testerOf(config, {
        alarms,
        clock: systemClock,
        running: () => config.rules,
        gentle: false,
        timeLimitMs: ONE_DAY_MS,
        processes: Math.min(MOST_PROCESSES, availableParallelism()),
      })
      return tester.run({ rules, from, to, devices, warmUpMs }, terminal.until)
    })
    if (format === 'json') {
      const view = reportView(report, showInstantIn(site.timeZone), (because) => becauseText(because, 'en'))
      terminal.out(JSON.stringify(view, null, 2))
    } else for (const line of reportText(report, site.timeZone)) terminal.out(line)
    return 0
  },
}

function durationIn(text = '0d'): number {
  const [, amount, unit] = /^(\d{1,4})(d|h)$/.exec(text) ?? []
  if (amount === undefined) throw new UsageError('--warm-up is a number of days or hours: 14d, 36h')
  return Number(amount) * (unit === 'd' ? ONE_DAY_MS : ONE_HOUR_MS)
}

/** A local day or local time of the site, or an instant with an offset. */
function instantIn(text: string | undefined, option: string, timeZone: string): Instant {
  if (text === undefined) throw new UsageError(`--${option} is needed`)
  try {
    if (/Z$|[+-]\d{2}:?\d{2}$/.test(text) && text.includes('T'))
      return Temporal.Instant.from(text).epochMilliseconds
    return Temporal.PlainDateTime.from(text).toZonedDateTime(timeZone).epochMilliseconds
  } catch {
    throw new UsageError(
      `--${option} is a day (2026-10-01), a time (2026-10-01T08:00) or an instant with an offset`,
    )
  }
}
