/** The process edge: argv, environment and signals come in here, exit codes go out. The only user of `process`. */
import { COMMANDS, runCommand } from './cli/index.ts'

const until = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => until.abort(signal))

process.exitCode = await runCommand(COMMANDS, process.argv.slice(2), {
  environment: process.env,
  until: until.signal,
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
})
