/** Draft rules that somebody hands in as text, tested over the history of this configuration. */
import { WHOLE_SITE } from '../alarms/seat.ts'
import {
  type BacktestAsked,
  type Backtester,
  type BacktesterParts,
  backtester,
} from '../backtest/backtest.ts'
import { historyOf } from '../backtest/history-source.ts'
import type { BacktestReport } from '../backtest/report.ts'
import { GatehouseError } from '../model/errors.ts'
import { profileName } from '../profiles/device-profile.ts'
import { RulesOptions } from '../rules/index.ts'
import type { RuleConfig } from '../rules/rule-config.ts'
import type { GatehouseConfig } from './config.ts'
import { checkYaml } from './yaml.ts'

type Owned = 'alarms' | 'clock' | 'running' | 'processes' | 'gentle' | 'timeLimitMs' | 'progress'

/** A back-test of anything that this configuration could run. */
export function testerOf(config: GatehouseConfig, parts: Pick<BacktesterParts, Owned>): Backtester {
  return backtester({
    ...parts,
    site: config.site,
    profiles: new Map(config.profiles.map((profile) => [profileName(profile), profile])),
    seats: config.seats.length > 0 ? config.seats : WHOLE_SITE,
    history: historyOf(config),
  })
}

/** What a request may take: it leaves the machine to the gateway, and ends in time. */
const WITHIN_MS = 600_000

export type DraftTester = Disposable & {
  run(
    asked: Omit<BacktestAsked, 'rules'> & { readonly rules: string },
    signal: AbortSignal,
  ): Promise<BacktestReport>
  readonly counts: Backtester['counts']
}

/** Beside a running gateway: one process, which gives way to everything else. Disposing of it calls off what runs. */
export function draftTester(
  config: GatehouseConfig,
  parts: Pick<BacktesterParts, 'alarms' | 'clock' | 'running'>,
): DraftTester {
  const tester = testerOf(config, { ...parts, processes: 1, gentle: true, timeLimitMs: WITHIN_MS })
  const stopping = new AbortController()
  return {
    counts: tester.counts,
    async run({ rules, ...asked }, signal) {
      return tester.run({ ...asked, rules: draftIn(rules) }, AbortSignal.any([signal, stopping.signal]))
    },
    [Symbol.dispose]: () =>
      stopping.abort(
        new GatehouseError('backtest-failed', 'The gateway stops before the back-test has ended.'),
      ),
  }
}

/** Throws `invalid-input` that names line and key. */
function draftIn(text: string): readonly RuleConfig[] {
  try {
    return checkYaml('rules', text, RulesOptions).rules
  } catch (cause) {
    if (!(cause instanceof GatehouseError)) throw cause
    const errors = cause.message.split('\n').map((message) => ({ path: 'rules', message }))
    throw new GatehouseError('invalid-input', cause.message, { details: { errors } })
  }
}
