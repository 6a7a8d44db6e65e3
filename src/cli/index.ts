/** Every command there is; adding one: a file, its test, a line here. */
import { GatehouseError, type Language } from '../model/errors.ts'
import { meant } from '../model/meant.ts'
import { inWords } from '../model/refusal.ts'
import { retold } from '../model/retold.ts'
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

/**
 * 0 done · 1 failed, with one sentence on standard error · 2 called wrongly, with the usage. Asked for help,
 * or for nothing, it lists the commands.
 */
export async function runCommand(
  commands: readonly Command[],
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const command = commands.find(({ name }) => name.split(' ').every((word, i) => args[i] === word))
  if (!command) {
    const isAsked = args.length === 0 || HELP.has(args[0] ?? '')
    if (isAsked) list(commands, terminal.out)
    else complain(commands, args, terminal)
    return isAsked ? 0 : 2
  }
  if (args.some((arg) => HELP.has(arg) && arg !== 'help')) {
    list([command], terminal.out)
    return 0
  }
  try {
    return await command.run(args.slice(command.name.split(' ').length), terminal)
  } catch (cause) {
    if (isUsage(cause)) {
      terminal.err(`${(cause as Error).message}\nusage: gatehouse ${command.usage}`)
      return 2
    }
    terminal.err(sentenceOf(cause, languageOf(terminal)))
    if (!(cause instanceof GatehouseError) && isCurious(terminal))
      terminal.err(String((cause as Error)?.stack))
    return 1
  }
}

const HELP = new Set(['help', '--help', '-h'])

function list(commands: readonly Command[], say: (line: string) => void): void {
  say(`usage: gatehouse ${commands.length === 1 ? '' : '<command> [options]'}`.trimEnd())
  for (const { usage, summary } of commands) say(`  ${usage}\n      ${summary}`)
}

/** Of `token` all that begin so; of a slip of the pen the one that was meant. */
function complain(commands: readonly Command[], args: readonly string[], { err }: Terminal): void {
  const words = args.filter((arg) => !arg.startsWith('-')).slice(0, 2)
  const kin = commands.filter(({ name }) => name.startsWith(`${words[0]} `))
  const hint =
    kin.length > 0
      ? ''
      : meant(
          words.join(' '),
          commands.map(({ name }) => name),
        ) ||
        meant(
          words[0] ?? '',
          commands.map(({ name }) => name),
        )
  err(`There is no command ${words.join(' ') || args[0]}${hint}`)
  err('usage: gatehouse <command> [options]; gatehouse help lists all commands')
  for (const { usage } of kin) err(`  ${usage}`)
}

/** Of the terminal, in the order of POSIX; what is empty counts as not set. */
const languageOf = ({ environment: { LC_ALL, LC_MESSAGES, LANG } }: Terminal): Language =>
  /^zh/i.test(LC_ALL || LC_MESSAGES || LANG || '') ? 'zh-CN' : 'en'

const worded = ({ said, message }: GatehouseError, language: Language): string =>
  said ? inWords(said, language) : retold(message, language)

/** With the code that docs/errors.md is ordered by. */
const sentenceOf = (cause: unknown, language: Language): string =>
  cause instanceof GatehouseError
    ? `${worded(cause, language)} [${cause.code}]`
    : `Unexpected: ${cause instanceof Error ? cause.message : cause} [internal] (GATEHOUSE_LOG_LEVEL=debug says where)`

const isCurious = ({ environment }: Terminal) =>
  ['debug', 'trace'].includes(environment.GATEHOUSE_LOG_LEVEL ?? '')

/** Our own, or what node:util parseArgs throws for an option it does not know. */
const isUsage = (cause: unknown) =>
  cause instanceof UsageError || String((cause as { code?: string })?.code).startsWith('ERR_PARSE_ARGS')
