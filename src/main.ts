/**
 * The process edge: argv, environment and signals come in here, exit codes go out. The only user of
 * `process`. What Node compiles is kept beside its packages for the next start, which spends half of its time
 * on that: docs/decisions/0028.
 */
import { enableCompileCache, flushCompileCache } from 'node:module'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'

// Whatever is written is for the gateway's own user alone: its data hold password hashes, and where people
// and vehicles were.
process.umask(0o077)

// By the environment threads and processes of the gateway learn of it too. Where it cannot be written, nothing is kept.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '../node_modules/.cache/gatehouse')
enableCompileCache(process.env.NODE_COMPILE_CACHE)
/** Node writes it down when a process ends; one that is killed has not ended. */
const FLUSH_MS = 5_000
setTimeout(flushCompileCache, FLUSH_MS).unref()

// The young generation of the command line is this thread's. V8 would give it to each one that begins from
// here on; they say their own.
setFlagsFromString('--max-semi-space-size=0')
// What lives long in one burst V8 would create old for good, and readings would fill the old generation:
// docs/decisions/0051.
setFlagsFromString('--no-allocation-site-pretenuring')

/**
 * Whoever reads what is printed may leave (`| head`); what was asked for is done all the same, and a gateway
 * goes on.
 */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EPIPE') throw cause
  })
}

const { COMMANDS, runCommand } = await import('./cli/index.ts')

const until = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => until.abort(signal))

process.exitCode = await runCommand(COMMANDS, process.argv.slice(2), {
  environment: process.env,
  until: until.signal,
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
})

/** What a stop has given up waiting for would keep the process. */
const LEFT_MS = 500
if (until.signal.aborted) setTimeout(() => process.exit(), LEFT_MS).unref()
