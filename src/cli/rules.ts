/** Has the running gateway read its rules again. It decides; what it says is passed on. */
import { setTimeout as pause } from 'node:timers/promises'
import { requestRules } from '../config/rules-request.ts'
import { GatehouseError } from '../model/errors.ts'
import { type Command, UsageError } from './command.ts'
import { configOf, isRunning, parse } from './options.ts'

/** Longer than the gateway itself waits for a moment at which it may exchange them. */
const ANSWER_WITHIN_MS = 40_000
const LOOK_EACH_MS = 100

export const rulesReload: Command = {
  name: 'rules reload',
  usage: 'rules reload --reason TEXT [--config FILE]',
  summary: 'Put the changed file of rules in force in the running gateway.',
  async run(args, terminal) {
    const { values } = parse(args, ['reason'])
    const reason = values.reason?.trim()
    if (!reason) throw new UsageError('--reason says why, for the audit')
    const { dir } = configOf(values, terminal).data
    if (!isRunning(dir))
      throw refused('No gateway runs on this data directory; the file counts from its next start')
    using request = requestRules(dir, reason)
    for (let waitedMs = 0; waitedMs < ANSWER_WITHIN_MS; waitedMs += LOOK_EACH_MS) {
      await pause(LOOK_EACH_MS)
      const answer = request.answer()
      if (!answer) continue
      if ('refused' in answer) throw refused(answer.refused)
      for (const { rule, from, to } of answer.changes)
        terminal.out(`${rule}: ${from ?? 'new'} → ${to ?? 'gone'}`)
      if (answer.changes.length === 0) terminal.out('Nothing had changed')
      return 0
    }
    throw refused('The running gateway did not answer; its log may say why')
  },
}

const refused = (sentence: string) => new GatehouseError('rules-refused', sentence)
