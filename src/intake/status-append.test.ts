import { expect, it } from 'vitest'
import type { JournalRecord } from '../model/commit.ts'
import { statusAppend } from './status-append.ts'

const link = (state: 'up' | 'down', source = 'plant'): JournalRecord => ({ is: 'link', source, state })
const reading: JournalRecord = { is: 'reading', device: 'meter-1', at: 1, values: { volume: 1 } }

/** A journal of which each append is answered by hand. */
function journalByHand() {
  const appends: { readonly records: readonly JournalRecord[]; taken(): void; refused(): void }[] = []
  let dropped = 0
  const statuses = statusAppend(
    {
      append(records) {
        const { promise, resolve, reject } = Promise.withResolvers<never>()
        appends.push({
          records,
          taken: () => resolve(undefined as never),
          refused: () => reject(new Error('disk full')),
        })
        return promise
      },
    },
    (count) => {
      dropped += count
    },
  )
  return { appends, statuses, dropped: () => dropped }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

it('a link that went down and came up while the disk was full is told in that order once it is not', async () => {
  const { appends, statuses, dropped } = journalByHand()
  statuses.tell(link('down'))
  appends[0]?.refused()
  await settled()
  statuses.tell(link('up'))
  expect(appends[1]?.records).toEqual([link('down'), link('up')])
  appends[1]?.refused()
  await settled()
  const append = statuses.append([reading])
  expect(appends[2]?.records).toEqual([link('down'), link('up'), reading])
  appends[2]?.taken()
  await append
  expect(dropped()).toBe(0)
  await statuses.append([])
  expect(appends).toHaveLength(3)
})

it('readings do not wait for the append that carries a link, and no second one carries another', async () => {
  const { appends, statuses } = journalByHand()
  statuses.tell(link('down'))
  statuses.tell(link('up'))
  void statuses.append([reading])
  expect(appends.map(({ records }) => records)).toEqual([[link('down')], [reading]])
  appends[0]?.taken()
  await settled()
  expect(appends[2]?.records).toEqual([link('up')])
})

it('of more than a thousand that wait the oldest are let go, and counted', async () => {
  const { appends, statuses, dropped } = journalByHand()
  statuses.tell(link('down', 'first'))
  for (let nth = 0; nth < 1_004; nth++) statuses.tell(link('down', `plant-${nth}`))
  expect(dropped()).toBe(4)
  appends[0]?.refused()
  await settled()
  expect(dropped()).toBe(5)
  void statuses.append([])
  const waited = appends[1]?.records ?? []
  expect([waited.length, waited[0]]).toEqual([1_000, link('down', 'plant-4')])
})
