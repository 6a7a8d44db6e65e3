/** What most commands share: which configuration, and whose data directory. */
import { parseArgs } from 'node:util'
import { type GatehouseConfig, loadConfig } from '../config/config.ts'
import { systemClock } from '../connect/system-clock.ts'
import { assertWhole, makeDataFolder } from '../journal/data-folder.ts'
import { lockDataFolder } from '../journal/data-lock.ts'
import { GatehouseError } from '../model/errors.ts'
import { meant } from '../model/meant.ts'
import { type Operations, openOperations } from '../operations/open.ts'
import { type Terminal, UsageError } from './command.ts'

type Strings = Readonly<Record<string, string | undefined>>

/** Throws UsageError, or what parseArgs throws for an option it does not know. */
export const parse = (args: readonly string[], names: readonly string[], wanted: readonly string[] = []) =>
  parseWords(args, [...names, 'config'], wanted)

/** The same for a command that needs no configuration. */
export function parseWords(args: readonly string[], names: readonly string[], wanted: readonly string[]) {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]))
  const { values, positionals } = parseKnown(args, options)
  if (positionals.length !== wanted.length) {
    throw new UsageError(
      wanted.length > 0 ? `expected ${wanted.join(' ')}` : `unexpected ${positionals.join(' ')}`,
    )
  }
  return { values: values as Strings, positionals }
}

type Options = Readonly<Record<string, { readonly type: 'string' }>>

function parseKnown(args: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
  } catch (cause) {
    const [, unknown] = /^Unknown option '(-[^']*)'/.exec((cause as Error).message) ?? []
    if (unknown === undefined) throw cause
    const known = Object.keys(options).map((name) => `--${name}`)
    throw new UsageError(`there is no option ${unknown}${meant(unknown, known)}`)
  }
}

export const configOf = (values: Strings, { environment }: Terminal): GatehouseConfig =>
  loadConfig(values.config, environment)

/** The operations of the data directory; a running gateway may have them open too. */
export async function withOperations<T>(
  config: GatehouseConfig,
  work: (operations: Operations) => Promise<T>,
): Promise<T> {
  const { dir } = config.data
  makeDataFolder(dir)
  assertWhole(dir)
  await using operations = await openOperations({ dir, clock: systemClock, options: config.operations })
  return await work(operations)
}

export const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

/** Whether a gateway runs on a data directory. Throws GatehouseError `data-unwritable` or `restore-unfinished`. */
export function isRunning(dir: string): boolean {
  try {
    lockDataFolder(dir)[Symbol.dispose]()
    return false
  } catch (cause) {
    if (cause instanceof GatehouseError && cause.code === 'data-locked') return true
    throw cause
  }
}
