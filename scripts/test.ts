/**
 * What `npm test` runs: everything that must hold, in one go, with one count at the end. It goes on after
 * a failure, because the second failure is worth seeing too, and names all failures again beside the count.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, statfsSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { ensureServers } from './servers.ts'

type Outcome = { passed: number; failures: readonly string[]; skipped: number }

const ROOT = join(import.meta.dirname, '..')
const BIN = join(ROOT, 'node_modules/.bin')
const CHECKS: readonly (readonly [string, readonly string[]])[] = [
  ['tsc', ['--noEmit']],
  ['tsc', ['--noEmit', '-p', 'src/control-room']],
  ['biome', ['ci', '--log-level=warn', '.']],
  ['knip', []],
]
/** Where tests are; a kind of which none ran is a failure. */
const KINDS = [
  'src',
  'simulators',
  ...['architecture', 'conformance', 'acceptance', 'browser'].map((kind) => `tests/${kind}`),
]

/**
 * Linux keeps files here in memory. Tests end processes and not machines, so nothing that they write needs a
 * disk to survive.
 */
const MEMORY = '/dev/shm'
const ROOM_BYTES = 4 * 2 ** 30

function workFolder(): string {
  const hasRoom = () => {
    const { bavail, bsize } = statfsSync(MEMORY)
    return bavail * bsize >= ROOM_BYTES
  }
  try {
    if (hasRoom()) return mkdtempSync(join(MEMORY, 'gatehouse-test-'))
  } catch {} // there is none
  return mkdtempSync(join(tmpdir(), 'gatehouse-test-'))
}

const folder = workFolder()
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
process.once('SIGINT', () => process.exit(130))

const environment = { ...process.env, TMPDIR: folder, NODE_COMPILE_CACHE: join(folder, 'compiled') }
const title = (command: string, args: readonly string[]) => `\n— ${[command, ...args].join(' ')}`

/** What it ended with; null where a signal ended it, or it could not begin. */
const endOf = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => {
    child.once('error', (cause) => {
      console.log(cause.message)
      resolve(null)
    })
    child.once('close', resolve)
  })

/** What it says is kept until it has ended, because others run beside it. */
async function check(command: string, args: readonly string[]): Promise<Outcome> {
  const child = spawn(join(BIN, command), args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment })
  const said: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => said.push(part))
  const status = await endOf(child)
  console.log(title(command, args))
  process.stdout.write(Buffer.concat(said))
  return status === 0
    ? { passed: 1, failures: [], skipped: 0 }
    : { passed: 0, failures: [[command, ...args].join(' ')], skipped: 0 }
}

/** The part of vitest's JSON report that is read here. */
type Report = {
  numPassedTests: number
  testResults: { name: string; status: string; assertionResults: { status: string; fullName: string }[] }[]
}

async function suites(): Promise<Outcome> {
  const file = join(folder, 'report.json')
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  console.log(title('vitest', args))
  const ok = (await endOf(spawn(join(BIN, 'vitest'), args, { stdio: 'inherit', env: environment }))) === 0
  try {
    const report: Report = JSON.parse(readFileSync(file, 'utf8'))
    const failures = report.testResults.flatMap((tests) => failuresIn(tests))
    const files = report.testResults.map(({ name }) => relative(ROOT, name))
    for (const kind of KINDS)
      if (!files.some((file) => file.startsWith(kind))) failures.push(`${kind}: no test`)
    if (!ok && failures.length === 0) failures.push('vitest ended with an error outside of a test')
    const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults)
    const skipped = tests.filter(({ status }) => status === 'skipped' || status === 'todo').length
    return { passed: report.numPassedTests, failures, skipped }
  } catch {
    return { passed: 0, failures: ['vitest left no report'], skipped: 0 }
  }
}

/** A file that cannot load fails without a test; a test is still pending where its process has died under it. */
function failuresIn({ name, status, assertionResults }: Report['testResults'][number]): string[] {
  const path = relative(ROOT, name)
  const failed = assertionResults.filter((test) => test.status === 'failed' || test.status === 'pending')
  if (status === 'failed' && failed.length === 0) return [path]
  return failed.map(({ fullName }) => `${path} > ${fullName}`)
}

/** `npm ci` builds the page; whoever has changed it since would test the one before. */
function isPageOld(): boolean {
  const changedMs = (file: string) => statSync(join(ROOT, file), { throwIfNoEntry: false })?.mtimeMs ?? 0
  const sources = globSync('src/{control-room,model}/**/*.*', { cwd: ROOT })
  return changedMs('dist/control-room/index.html') < Math.max(...sources.map(changedMs))
}

const missing = ensureServers()
const built = isPageOld() ? [await check('node', ['scripts/prepare.ts'])] : []
const checked = CHECKS.map(([command, args]) => check(command, args))
const outcomes = [...built, ...(await Promise.all([...checked, suites()]))]

if (missing.length > 0) {
  console.log(`\nNot on this machine, so the tests against them were skipped: ${missing.join(', ')}`)
  if (process.env.CI) outcomes.push({ passed: 0, failures: missing, skipped: 0 })
}
const failures = outcomes.flatMap((outcome) => outcome.failures)
if (failures.length > 0) console.log(`\nFailed:\n${failures.map((failure) => `  ${failure}`).join('\n')}`)
const sum = (key: 'passed' | 'skipped') => outcomes.reduce((total, outcome) => total + outcome[key], 0)
const skipped = sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : ''
console.log(`\n${sum('passed')} passed, ${failures.length} failed${skipped}`)
process.exitCode = failures.length > 0 ? 1 : 0
