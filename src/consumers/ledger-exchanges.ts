/**
 * What the interval book was worked out with is written in it: an exchange that the site file has declared, corrected or taken back since is
 * worked in at the start, from the marks that are kept. docs/decisions/0053 says why the site declares it.
 */
import type { FreshMarks, IntervalBook } from '../historian/interval-book.ts'
import { calendarOf } from '../metering/calendar.ts'
import { differences } from '../metering/exchange.ts'
import type { MeterFacts } from '../metering/meter.ts'
import { retakeMarks } from '../metering/retake.ts'
import type { Instant } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import type { DeviceId } from '../model/reading.ts'
import { put } from './ledger-rows.ts'
import { keptIn } from './ledger-tails.ts'

/** Worked in with one fsync, and written again after a kill. */
const METERS_A_SAVE = 100

type Facts = { readonly meters: readonly MeterFacts[]; readonly timeZone: string }
type Changed = { readonly facts: MeterFacts; readonly instants: readonly Instant[] }

/** To be called before anybody else writes the book; of how many meters exchanges were not as the book has them. */
export async function keepToExchanges(
  book: IntervalBook,
  { meters, timeZone }: Facts,
  log: Log,
): Promise<number> {
  const known = book.exchanges()
  const changed = meters.flatMap((facts): Changed[] => {
    const instants = differences(known.get(facts.device) ?? [], facts.exchanges ?? [])
    return instants.length === 0 ? [] : [{ facts, instants }]
  })
  if (changed.length === 0) return 0
  const calendar = calendarOf(timeZone)
  const fresh = Map.groupBy(book.fresh(), ({ device }) => device)
  for (let first = 0; first < changed.length; first += METERS_A_SAVE) {
    await book.save(book.offset, async (writer) => {
      for (const { facts, instants } of changed.slice(first, first + METERS_A_SAVE)) {
        const { device, exchanges = [] } = facts
        writer.exchanges(device, exchanges)
        const unkept = unkeptOf(book, device, fresh.get(device) ?? [])
        for (const since of instants) {
          const retaken = retakeMarks(facts, since, keptIn(book, device), unkept, calendar)
          if (retaken !== 'forgotten') {
            if (retaken) put(device, retaken, book, calendar, writer)
            break
          }
          log.warn({ device, at: new Date(since) }, 'A meter exchange was declared too late to be worked in')
        }
      }
    })
  }
  log.info({ meters: changed.length }, 'Meter exchanges are worked in as the site file has them now')
  return changed.length
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
