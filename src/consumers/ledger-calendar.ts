/**
 * Days of the interval book end at the site's midnights. Where the site file names another time zone, or a
 * government changes the rules of one, rows lie at midnights that there are no more: they are added up again
 * from the hours, which are kept as long as they. docs/decisions/0044 says why here and not when they are
 * read.
 */
import type { IntervalBook, MeterRows } from '../historian/interval-book.ts'
import { type Calendar, calendarOf } from '../metering/calendar.ts'
import { splitUse } from '../metering/hours.ts'
import { addUse, emptySum, sumUse, type UseSum } from '../metering/water-use.ts'
import type { Instant, Interval } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import type { DeviceId } from '../model/reading.ts'

type Book = Pick<IntervalBook, 'offset' | 'intervals' | 'read' | 'save'>

const EVER: Interval = { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER }

/**
 * To be called before anybody reads or writes the book; how many days it had to add up. One that is killed
 * under way finds the rest of them off the calendar again at the next start, and what it did already as it
 * should be.
 */
export async function keepToCalendar(book: Book, timeZone: string, log: Log): Promise<number> {
  const calendar = calendarOf(timeZone)
  const days = new Map<Instant, Interval>()
  for (const day of daysOff(book, calendar)) days.set(day.from, day)
  if (days.size === 0) return 0
  log.warn({ timeZone, days: days.size }, 'Days of water use are added up again, by the calendar of the site')
  for (const day of [...days.values()].sort((a, b) => a.from - b.from)) await addUp(book, day, calendar)
  return days.size
}

/** The calendar's days that are touched by a day of the book which is none of them. */
function* daysOff(book: Book, calendar: Calendar): Generator<Interval> {
  for (const { from, to } of book.intervals(EVER, 'day')) {
    const day = calendar.intervalAt(from, 'day')
    if (day.from === from && day.to === to) continue
    for (let touched = day; touched.from < to; touched = calendar.intervalAt(touched.to, 'day')) yield touched
  }
}

async function addUp(book: Book, day: Interval, calendar: Calendar): Promise<void> {
  const hours = [...book.intervals(day, 'hour')]
  const hoursOff = hours.filter(({ from, to }) => {
    const hour = calendar.intervalAt(from, 'hour')
    return hour.from !== from || hour.to < to
  })
  const rows = hoursOff.length > 0 ? splitUp(book, hours, day, calendar) : addedUp(book, hours, day)
  const daysBefore = [...book.intervals(day, 'day')]
  await book.save(book.offset, (writer) => {
    for (const { from } of hoursOff) writer.clear(from, 'hour')
    for (const { from } of daysBefore) writer.clear(from, 'day')
    for (const [device, row] of rows) writer.uses(device, { ...row, emptyHours: [], emptyDays: [] })
  })
}

type Rows = ReadonlyMap<DeviceId, Pick<MeterRows, 'hours' | 'days'>>

/** The hours stay as they are. */
function addedUp(book: Book, hours: readonly Interval[], day: Interval): Rows {
  const sums = new Map<DeviceId, UseSum>()
  for (const { from } of hours) {
    for (const { device, use } of book.read(from, 'hour'))
      addUse(
        sums.getOrInsertComputed(device, () => emptySum(day)),
        use,
      )
  }
  return new Map(Array.from(sums, ([device, sum]) => [device, { hours: [], days: [sum] }]))
}

/** What an hour across midnight gives to the next day waits there for the rest of that hour. */
function splitUp(book: Book, hours: readonly Interval[], day: Interval, calendar: Calendar): Rows {
  const hoursOf = new Map<DeviceId, UseSum[]>()
  for (const { from } of hours) {
    for (const { device, use } of book.read(from, 'hour')) {
      const own = hoursOf.getOrInsertComputed(device, () => [])
      for (const part of splitUse(use, calendar)) addUse(lastHour(own, part, calendar), part)
    }
  }
  return new Map(
    Array.from(hoursOf, ([device, own]) => {
      const sum = sumUse(
        own.filter(({ from }) => from < day.to),
        day,
      )
      return [device, { hours: own, days: sum ? [sum] : [] }]
    }),
  )
}

function lastHour(hours: UseSum[], { from }: Interval, calendar: Calendar): UseSum {
  const hour = calendar.intervalAt(from, 'hour')
  const last = hours.at(-1)
  if (last?.from === hour.from) return last
  const next = emptySum(hour)
  hours.push(next)
  return next
}
