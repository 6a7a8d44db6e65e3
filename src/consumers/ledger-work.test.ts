import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { marksOf } from '../../tests/support/meter-rows.ts'
import { type IntervalBook, openIntervalBook } from '../historian/interval-book.ts'
import { HOUR_MS } from '../metering/calendar.ts'
import { ledgerWork } from './ledger-work.ts'
import { addMark, emptyBatch } from './mark-batch.ts'

const MIDNIGHT = Date.UTC(2026, 5, 1, -8) // 1 June in Shanghai
const timeZone = 'Asia/Shanghai'
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-ledger-work-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const meter = (device: string) => ({ device, measuresEveryMs: HOUR_MS })

/** Both meters at the half hours of that interval, one cubic metre an hour. */
function halfHours(fromH: number, toH: number, meters = 2) {
  const batch = emptyBatch()
  for (let hours = fromH; hours < toH; hours += 0.5) {
    for (let place = 0; place < meters; place++)
      addMark(batch, place, MIDNIGHT + hours * HOUR_MS, 100 + hours)
  }
  return batch
}
const volumes = (book: IntervalBook, device: string, hours: number) =>
  Array.from({ length: hours }, (_, n) =>
    book
      .read(MIDNIGHT + n * HOUR_MS, 'hour')
      .flatMap((row) => (row.device === device ? [row.use.volumeM3] : [])),
  ).flat()
const marks = (book: IntervalBook, device: string) => marksOf([...book.stretchesFrom(device, 0)]).length

it('keeps marks that came of a meter whom the site has lost, and goes on from them when it is back', async () => {
  const file = join(folder, 'stranded.sqlite')
  const both = { meters: [meter('m-1'), meter('m-2')], timeZone }
  {
    await using book = openIntervalBook({ file })
    await ledgerWork(book, both)({ batch: halfHours(0, 5), offset: 1, forgetBefore: 0 })
    expect([marks(book, 'm-1'), book.fresh().length]).toEqual([0, 2])
  }
  for (const [offset, fromH] of [
    [2, 5],
    [3, 6],
  ] as const) {
    await using book = openIntervalBook({ file })
    const one = { meters: [meter('m-1')], timeZone, foldAfterMarks: 1 }
    await ledgerWork(book, one)({ batch: halfHours(fromH, fromH + 1, 1), offset, forgetBefore: 0 })
    expect(book.fresh().map(({ device, figures }) => [device, figures.length])).toEqual([['m-2', 20]])
  }
  await using book = openIntervalBook({ file })
  await ledgerWork(book, { ...both, foldAfterMarks: 1 })({
    batch: halfHours(7, 9),
    offset: 4,
    forgetBefore: 0,
  })
  expect([marks(book, 'm-1'), marks(book, 'm-2'), book.fresh()]).toEqual([18, 14, []])
  expect(volumes(book, 'm-2', 8)).toEqual(
    volumes(book, 'm-1', 8).map((volumeM3) => expect.closeTo(volumeM3, 9)),
  )
  expect(volumes(book, 'm-2', 8)).toHaveLength(8)
})

it('is after a save that failed as it was before, and takes the same batch again', async () => {
  await using book = openIntervalBook({ file: join(folder, 'failing.sqlite') })
  let isBroken = false
  const breaking: IntervalBook = {
    ...book,
    save: (offset, fill) =>
      book.save(offset, async (writer) => {
        const filled = await fill(writer)
        if (isBroken) throw new Error('the disk is full')
        return filled
      }),
  }
  const work = ledgerWork(breaking, { meters: [meter('m-1'), meter('m-2')], timeZone })
  await work({ batch: halfHours(0, 3), offset: 1, forgetBefore: 0 })
  isBroken = true
  const task = { batch: halfHours(3, 6), offset: 2, forgetBefore: 0 }
  await expect(work(task)).rejects.toThrow('full')
  await expect(work(task)).rejects.toThrow('full')
  expect([book.offset, volumes(book, 'm-1', 8)]).toEqual([1, [1, 1, expect.closeTo(0.5, 9)]])
  isBroken = false
  expect(await work(task)).toEqual({ conflicts: 0, breaks: 0 })
  expect([book.offset, volumes(book, 'm-1', 8)]).toEqual([2, [1, 1, 1, 1, 1, expect.closeTo(0.5, 9)]])
})
