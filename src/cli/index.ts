/** Every command there is; adding one: a file, its test, a line here. */
import { GatehouseError } from '../model/errors.ts'
import {
  tokenCreate,
  tokenList,
  tokenRevoke,
  userCreate,
  userList,
  userPassword,
  userRemove,
} from './accounts.ts'
import { auditVerify } from './audit.ts'
import { backtest } from './backtest.ts'
import { backup } from './backup.ts'
import { checkConfig } from './check-config.ts'
import { type Command, type Terminal, UsageError } from './command.ts'
import { journalRebase } from './journal.ts'
import { opcuaCertificates, opcuaTrust } from './opcua.ts'
import { profileCheck } from './profile-check.ts'
import { replay } from './replay.ts'
import { restore } from './restore.ts'
import { rulesReload } from './rules.ts'
import { simulate } from './simulate.ts'
import { start } from './start.ts'
import { bridgeToken, deviceToken } from './tokens.ts'

export const COMMANDS: readonly Command[] = [
  start,
  simulate,
  checkConfig,
  profileCheck,
  userCreate,
  userPassword,
  userList,
  userRemove,
  tokenCreate,
  tokenList,
  tokenRevoke,
  deviceToken,
  bridgeToken,
  opcuaTrust,
  opcuaCertificates,
  auditVerify,
  backup,
  restore,
  replay,
  backtest,
  journalRebase,
  rulesReload,
]

/** 0 done · 1 failed, with one sentence on standard error · 2 called wrongly, with the usage. Asked for help, or for nothing, it lists the commands. */
export async function runCommand(
  commands: readonly Command[],
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const command = commands.find(({ name }) => name.split(' ').every((word, i) => args[i] === word))
  if (!command) {
    const isAsked = args.length === 0 || ['help', '--help', '-h'].includes(args[0] ?? '')
    const say = isAsked ? terminal.out : terminal.err
    if (!isAsked) say(`There is no command ${args.join(' ')}`)
    say('usage: gatehouse <command> [options]')
    for (const { usage, summary } of commands) say(`  ${usage}\n      ${summary}`)
    return isAsked ? 0 : 2
  }
  try {
    return await command.run(args.slice(command.name.split(' ').length), terminal)
  } catch (cause) {
    if (isUsage(cause)) {
      terminal.err(`${(cause as Error).message}\nusage: gatehouse ${command.usage}`)
      return 2
    }
    terminal.err(sentenceOf(cause))
    if (!(cause instanceof GatehouseError) && isCurious(terminal))
      terminal.err(String((cause as Error)?.stack))
    return 1
  }
}

/** With the code that docs/errors.md is ordered by. */
const sentenceOf = (cause: unknown): string =>
  cause instanceof GatehouseError
    ? `${cause.message} [${cause.code}]`
    : `Unexpected: ${cause instanceof Error ? cause.message : cause} [internal] (GATEHOUSE_LOG_LEVEL=debug says where)`

const isCurious = ({ environment }: Terminal) =>
  ['debug', 'trace'].includes(environment.GATEHOUSE_LOG_LEVEL ?? '')

/** Our own, or what node:util parseArgs throws for an option it does not know. */
const isUsage = (cause: unknown) =>
  cause instanceof UsageError || String((cause as { code?: string })?.code).startsWith('ERR_PARSE_ARGS')
