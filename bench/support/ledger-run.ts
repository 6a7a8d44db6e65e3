/**
 * One pattern of marks through the ledger's work, on a book on disk, in a process of its own: prints the
 * processor time of all its threads. The work runs here and not on the ledger's thread, so that what is
 * counted is the work and nothing else.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ledgerWork } from '../../src/consumers/ledger-work.ts'
import { addMark, emptyBatch, type MarkBatch } from '../../src/consumers/mark-batch.ts'
import { openIntervalBook } from '../../src/historian/interval-book.ts'

const METERS = 5_010
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const QUARTER_MS = 900_000
/** 30 June 2026, 10:58 in Shanghai: the hour ends while the bench runs. */
const START = Date.UTC(2026, 5, 30, 2, 58)
const MIDNIGHT = Date.UTC(2026, 5, 29, 16)

type Pattern = { readonly saves: number; fill(batch: MarkBatch, save: number): void }

/** Litres since the mark before, another course for each meter; whole litres as a register has them. */
const litres = (meter: number, n: number) => (Math.imul(meter * 31 + n * 17, 2_654_435_761) >>> 8) % 9
const registerL = new Float64Array(METERS).map((_, meter) => 1_000_000 + 1_000 * meter)
function read(batch: MarkBatch, meter: number, at: number): void {
  registerL[meter] = (registerL[meter] as number) + litres(meter, batch.count)
  addMark(batch, meter, at, (registerL[meter] as number) / 1_000)
}

/** Meters in an order that is not that of the site, another one for each save. */
const somewhere = (n: number, save: number) => (n * 1_009 + save * 97) % METERS

const PATTERNS: Readonly<Record<string, Pattern>> = {
  /** Every meter says one thing a second. */
  sweep: {
    saves: 180,
    fill(batch, save) {
      const at = START + save * 1_000
      for (let n = 0; n < METERS; n++) read(batch, somewhere(n, save), at + Math.floor(n / 10))
    },
  },
  /** 45,000 a second, dated by their arrival, saved each 5 s. */
  flood: {
    saves: 24,
    fill(batch, save) {
      const at = START + save * 5_000
      for (let turn = 0; turn < 45; turn++) {
        for (let n = 0; n < METERS; n++) read(batch, somewhere(n, save), at + turn * 110 + Math.floor(n / 50))
      }
    },
  },
  /** 1,000 meters a save send the 96 quarters of their day. */
  batched: {
    saves: 40,
    fill(batch, save) {
      for (let n = 0; n < 1_002; n++) {
        const meter = somewhere((save % 5) * 1_002 + n, 0)
        const day = MIDNIGHT + Math.floor(save / 5) * DAY_MS + (meter % 29) * 1_000 + (meter % 4) * MINUTE_MS
        for (let sample = 0; sample < 96; sample++) read(batch, meter, day + sample * QUARTER_MS)
      }
    },
  },
}

const pattern = PATTERNS[process.argv[2] ?? '']
if (!pattern) throw new Error(`one of ${Object.keys(PATTERNS).join(', ')}`)
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-ledger-'))
try {
  const file = join(folder, 'ledger.sqlite')
  await using book = openIntervalBook({ file })
  const meters = Array.from({ length: METERS }, (_, n) => ({
    device: `meter-${n + 1}`,
    measuresEveryMs: QUARTER_MS,
  }))
  const work = ledgerWork(book, { meters, timeZone: 'Asia/Shanghai' })
  let marks = 0
  let processorUs = 0
  let slowestMs = 0
  for (let save = 0; save < pattern.saves; save++) {
    const batch = emptyBatch()
    pattern.fill(batch, save)
    marks += batch.count
    const before = process.cpuUsage()
    const startedMs = performance.now()
    const found = await work({ batch, offset: save + 1, forgetBefore: START - 40 * DAY_MS })
    slowestMs = Math.max(slowestMs, performance.now() - startedMs)
    const { user, system } = process.cpuUsage(before)
    processorUs += user + system
    if (found.conflicts + found.breaks > 0) throw new Error(`not a register that only grows: save ${save}`)
  }
  const bytes = statSync(file).size
  process.stdout.write(
    JSON.stringify({ marks, saves: pattern.saves, usAMark: processorUs / marks, slowestMs, bytes }),
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
