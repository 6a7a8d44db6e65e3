/**
 * What the interval book was worked out with is written in it: where the site says something else of a meter now, an
 * exchange that it has declared, corrected or taken back, another capacity or rate, the start works it out again from
 * the marks that are kept. docs/decisions/0053 says why.
 */
import type { BookWriter, FreshMarks, IntervalBook } from '../historian/interval-book.ts'
import { type Calendar, calendarOf } from '../metering/calendar.ts'
import { differences, type ExchangeAt } from '../metering/exchange.ts'
import type { MeterFacts } from '../metering/meter.ts'
import { retakeMarks } from '../metering/retake.ts'
import type { Instant } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import type { DeviceId } from '../model/reading.ts'
import { put } from './ledger-rows.ts'
import { keptIn } from './ledger-tails.ts'

/** Worked in with one fsync, and written again after a kill. */
const METERS_A_SAVE = 100

type Site = { readonly meters: readonly MeterFacts[]; readonly timeZone: string }

/** Of a meter that is not in the book yet, or of a book of before, it is taken that only its exchanges are new. */
type Kept = { readonly register?: readonly (number | null)[]; readonly exchanges: readonly ExchangeAt[] }

type Changed = {
  readonly facts: MeterFacts
  readonly text: string
  /** From where on it may have to be worked out again, tried in this order. */
  readonly since: readonly Instant[]
}

/** To be called before anybody else writes the book; how many meters had to be worked out again. */
export async function keepToFacts(book: IntervalBook, { meters, timeZone }: Site, log: Log): Promise<number> {
  const known = book.facts()
  const changed = meters.flatMap((facts) => changeOf(facts, known.get(facts.device)) ?? [])
  if (changed.length === 0) return 0
  const [again, noted] = [
    changed.filter(({ since }) => since.length > 0),
    changed.filter(({ since }) => since.length === 0),
  ]
  if (noted.length > 0)
    await book.save(book.offset, (writer) => {
      for (const { facts, text } of noted) writer.facts(facts.device, text)
    })
  if (again.length === 0) return 0
  log.info({ meters: again.length }, 'Meters of which the site says something else now are worked out again')
  const calendar = calendarOf(timeZone)
  const fresh = Map.groupBy(book.fresh(), ({ device }) => device)
  for (let first = 0; first < again.length; first += METERS_A_SAVE) {
    await book.save(book.offset, (writer) => {
      for (const { facts, text, since } of again.slice(first, first + METERS_A_SAVE)) {
        writer.facts(facts.device, text)
        retake(book, { facts, since, fresh: fresh.get(facts.device) ?? [] }, calendar, writer, log)
      }
    })
  }
  return again.length
}

function changeOf(facts: MeterFacts, known: string | undefined): Changed | undefined {
  const { capacityM3 = null, maxRateM3h = null, exchanges = [] } = facts
  const text = JSON.stringify({ register: [capacityM3, maxRateM3h], exchanges })
  if (text === known) return undefined
  const before: Kept = known === undefined ? { exchanges: [] } : JSON.parse(known)
  const isOther = before.register && (before.register[0] !== capacityM3 || before.register[1] !== maxRateM3h)
  return {
    facts,
    text,
    since: isOther ? [Number.NEGATIVE_INFINITY] : differences(before.exchanges, exchanges),
  }
}

type Retaken = {
  readonly facts: MeterFacts
  readonly since: readonly Instant[]
  readonly fresh: readonly FreshMarks[]
}

function retake(
  book: IntervalBook,
  { facts, since, fresh }: Retaken,
  calendar: Calendar,
  writer: BookWriter,
  log: Log,
): void {
  const { device } = facts
  const unkept = unkeptOf(book, device, fresh)
  for (const at of since) {
    const retaken = retakeMarks(facts, at, keptIn(book, device), unkept, calendar)
    if (retaken === 'forgotten') {
      log.warn({ device, at: new Date(at) }, 'A meter exchange was declared too late to be worked in')
      continue
    }
    if (retaken) put(device, retaken, book, calendar, writer)
    return
  }
}

/** Marks that the book has only as they came; what came late is in a stretch since. */
function unkeptOf(book: IntervalBook, device: DeviceId, fresh: readonly FreshMarks[]): readonly number[] {
  const newest = book.stretchBefore(device, Number.POSITIVE_INFINITY)?.figures
  const last = newest?.[newest.length - 2] ?? Number.NEGATIVE_INFINITY
  const unkept: number[] = []
  for (const { figures } of fresh)
    for (let i = 0; i < figures.length; i += 2)
      if ((figures[i] as number) > last) unkept.push(figures[i] as number, figures[i + 1] as number)
  return unkept
}
