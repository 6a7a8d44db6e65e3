/**
 * Lets the journal's instants go back once, after a clock that had run ahead was put right: with the gateway
 * running it is asked to, without one it is done here. A person decides it, and the audit says when.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { systemClock } from '../connect/system-clock.ts'
import { BEHIND_LIMIT_MS } from '../journal/commit-clock.ts'
import { openCommitFile, READ_ONLY } from '../journal/commit-file.ts'
import { newestReadable } from '../journal/commit-files.ts'
import { lockDataFolder } from '../journal/data-lock.ts'
import { journalFiles } from '../journal/journal-files.ts'
import { requestRebase } from '../journal/rebase-request.ts'
import { sqliteJournal } from '../journal/sqlite.ts'
import { GatehouseError } from '../model/errors.ts'
import type { Instant } from '../model/instant.ts'
import type { Command } from './command.ts'
import { configOf, parse, withOperations } from './options.ts'

const ANSWER_WITHIN_MS = 15_000
const LOOK_EACH_MS = 100

export const journalRebase: Command = {
  name: 'journal rebase',
  usage: 'journal rebase [--config FILE]',
  summary: 'After a clock that ran ahead was put right: take it as it stands.',
  async run(args, terminal) {
    const config = configOf(parse(args, []).values, terminal)
    const { dir } = config.data
    const file = join(dir, 'journal.sqlite')
    if (!existsSync(dir) || journalFiles(file).length === 0) throw refused(`There is no journal in ${dir}`)
    const [lastCommit, now] = [newestIn(file), systemClock.now()]
    const told = `the clock says ${asText(now)}, the last commit is of ${asText(lastCommit)}`
    if (lastCommit - now <= BEHIND_LIMIT_MS) throw refused(`Nothing is wrong: ${told}`)
    using lock = lockUnlessRunning(dir)
    if (lock) {
      await using journal = await sqliteJournal({ file, clock: systemClock, options: config.journal })
      await journal.rebase()
    } else await rebaseRunning(dir, file)
    await withOperations(config, ({ audit }) =>
      audit.note({
        by: 'command line',
        action: 'journal.rebased',
        subject: 'journal',
        details: { lastCommit: asText(lastCommit), clock: asText(now) },
      }),
    )
    terminal.out(`The journal goes on from the clock; before, ${told}`)
    return 0
  },
}

async function rebaseRunning(dir: string, file: string): Promise<void> {
  using request = requestRebase(dir)
  for (let waitedMs = 0; waitedMs < ANSWER_WITHIN_MS; waitedMs += LOOK_EACH_MS) {
    await pause(LOOK_EACH_MS)
    if (request.isAnswered && newestIn(file) - systemClock.now() <= BEHIND_LIMIT_MS) return
  }
  throw refused('The running gateway did not answer; its log may say why')
}

/** Undefined where a gateway runs on it. */
function lockUnlessRunning(dir: string): Disposable | undefined {
  try {
    return lockDataFolder(dir)
  } catch (cause) {
    if (cause instanceof GatehouseError && cause.code === 'data-locked') return undefined
    throw cause
  }
}

function newestIn(file: string): Instant {
  for (const { path } of journalFiles(file).reverse()) {
    const commits = openCommitFile(path, READ_ONLY)
    const newest = newestReadable(commits)
    commits.close()
    if (newest.offset > 0) return newest.receivedAt
  }
  return 0
}

const refused = (sentence: string) => new GatehouseError('rebase-refused', sentence)
const asText = (instant: Instant) => new Date(instant).toISOString()
