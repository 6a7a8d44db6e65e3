import { expect, it } from 'vitest'
import { handClock } from '../../tests/support/hand-clock.ts'
import type { Historian } from '../historian/historian.ts'
import { memoryJournal } from '../journal/memory.ts'
import type { Commit, JournalRecord } from '../model/commit.ts'
import { SILENT_LOG } from '../model/log.ts'
import { startHistory } from './history.ts'

const reading = (at: number): JournalRecord => ({
  is: 'reading',
  device: 'meter-1',
  at,
  values: { volume: at },
})

/** A historian that may be away, and keeps what it took when the test says so. */
function fickleHistorian() {
  const taken: Commit[] = []
  return {
    taken,
    away: false,
    durable: 0,
    trouble: undefined as string | undefined,
    historian(): Historian {
      const self = this
      return {
        name: 'fickle',
        get durable() {
          return self.durable
        },
        get trouble() {
          return self.trouble
        },
        async write(commits) {
          if (self.away) throw new Error('away')
          taken.push(...commits)
        },
        readings: async () => [],
        async [Symbol.asyncDispose]() {},
      }
    },
  }
}

const offsets = (commits: readonly Commit[]) => commits.map(({ offset }) => offset)

it('writes every commit once and in order, and goes on from what the historian holds', async () => {
  const clock = handClock(0)
  await using journal = memoryJournal({ clock })
  const fickle = fickleHistorian()
  for (let n = 1; n <= 3; n++) await journal.append([reading(n)])
  {
    await using history = startHistory({ journal, historian: fickle.historian(), clock, log: SILENT_LOG })
    await journal.append([reading(4)])
    await history.reached(4)
    expect(history.counts).toMatchObject({ readings: 4, behind: 0 })
  }
  expect(offsets(fickle.taken)).toEqual([1, 2, 3, 4])
  fickle.durable = 2
  fickle.taken.length = 0
  await using history = startHistory({ journal, historian: fickle.historian(), clock, log: SILENT_LOG })
  await history.reached(4)
  expect(offsets(fickle.taken)).toEqual([3, 4])
})

it('waits for a historian that is away, shows it, and loses nothing', async () => {
  const clock = handClock(0)
  await using journal = memoryJournal({ clock })
  const fickle = fickleHistorian()
  fickle.away = true
  await using history = startHistory({ journal, historian: fickle.historian(), clock, log: SILENT_LOG })
  await journal.append([reading(1)])
  for (let wait = 0; wait < 8; wait++) {
    await new Promise(setImmediate)
    clock.pass(30_000)
  }
  expect(history.failing).toBe('away')
  expect(history.counts.failedWrites).toBeGreaterThan(4)
  expect(history.counts.behind).toBeGreaterThan(0)
  fickle.away = false
  await new Promise(setImmediate)
  clock.pass(30_000)
  await history.reached(journal.head.offset)
  expect(history.failing).toBeUndefined()
  expect(offsets(fickle.taken)).toEqual(Array.from({ length: fickle.taken.length }, (_, n) => n + 1))
})

it('is stopped while a history that is away holds on to a write, and feeds it again after the next start', async () => {
  const clock = handClock(0)
  await using journal = memoryJournal({ clock })
  const fickle = fickleHistorian()
  const away: Historian = {
    ...fickle.historian(),
    write: (_commits, signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new Error('called off')))
      }),
  }
  await journal.append([reading(1)])
  {
    await using history = startHistory({ journal, historian: away, clock, log: SILENT_LOG })
    await new Promise(setImmediate)
    expect(history.counts.behind).toBe(1)
  }
  await using history = startHistory({ journal, historian: fickle.historian(), clock, log: SILENT_LOG })
  await history.reached(1)
  expect(offsets(fickle.taken)).toEqual([1])
})

it('shows why a history waits that tries again by itself', async () => {
  const clock = handClock(0)
  await using journal = memoryJournal({ clock })
  const fickle = fickleHistorian()
  await using history = startHistory({ journal, historian: fickle.historian(), clock, log: SILENT_LOG })
  expect(history.failing).toBeUndefined()
  fickle.trouble = '503 no room'
  expect(history.failing).toBe('503 no room')
})

it('shows that it has stopped, where the journal cannot be followed any more', async () => {
  const clock = handClock(0)
  await using journal = memoryJournal({ clock })
  const broken = Object.assign(Object.create(journal), {
    async *follow() {
      yield* []
      throw new Error('the thread of the journal has ended')
    },
  })
  const parts = { historian: fickleHistorian().historian(), clock, log: SILENT_LOG }
  await using history = startHistory({ ...parts, journal: broken })
  await expect(history.reached(1)).rejects.toThrow('the thread of the journal has ended')
  expect(history.failing).toBe('the thread of the journal has ended')
})

it('tells the journal how far the historian is durable, and no further', async () => {
  const clock = handClock(0)
  await using journal = memoryJournal({ clock })
  const fickle = fickleHistorian()
  {
    await using history = startHistory({ journal, historian: fickle.historian(), clock, log: SILENT_LOG })
    for (let n = 1; n <= 5; n++) await journal.append([reading(n)])
    await history.reached(5)
    fickle.durable = 3
  }
  expect(await journal.position('history')).toBe(3)
})
