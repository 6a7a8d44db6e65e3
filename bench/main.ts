/**
 * `npm run -s bench -- <name>` or `all`: runs measured claims, each a program of its own (`bench/<name>.ts`)
 * in a fresh process, so that one bench's heap never weighs on the next. Exit 0 whether or not targets are
 * met, 1 where a bench could not be run, 2 for an unknown name.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const BENCHES = [
  'ingest-embedded',
  'ingest-external',
  'ingest-batched',
  'alert-latency',
  'memory',
  'history',
  'sealing',
  'backtest',
  'restart',
  'drain',
  'opcua',
  'rules',
  'ledger',
  'water-reports',
  'expressions',
]

const [asked, ...rest] = process.argv.slice(2)
const names = asked === 'all' ? BENCHES : BENCHES.filter((name) => name === asked)
if (names.length === 0 || rest.length > 0) {
  process.stderr.write(`usage: npm run -s bench -- all | ${BENCHES.join(' | ')}\n`)
  process.exit(2)
}

for (const name of names) {
  const child = spawn(process.execPath, [join(import.meta.dirname, `${name}.ts`)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  if (code === 0) continue
  process.stderr.write(`${name} could not be run (${signal ?? `exit ${code}`})\n`)
  process.exitCode = 1
}
