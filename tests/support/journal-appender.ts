/** Appends to a journal as fast as it resolves, and prints the newest reading of each commit only then. */
import { sqliteJournal } from '../../src/journal/sqlite.ts'

const journal = await sqliteJournal({
  file: process.argv[2] ?? '',
  clock: {
    now: () => Date.now(),
    monotonicMs: () => performance.now(),
    after(delayMs, task) {
      const timer = setTimeout(task, delayMs)
      return () => clearTimeout(timer)
    },
  },
})

let at = 0
for (;;) {
  const first = at
  const appended = Array.from({ length: 20 }, () =>
    journal.append([{ is: 'reading', device: 'meter-1', at: ++at, values: { volume: at } }]),
  )
  await Promise.all(appended)
  process.stdout.write(`${first + 20}\n`)
}
