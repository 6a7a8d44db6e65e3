/** Counts of a room as metrics: `readings` of the room `intake` is `gatehouse_intake_readings_total`; docs/operations.md says what each means. */
import type { Figure } from './services.ts'

type Counts = Readonly<Record<string, number | Readonly<Record<string, number>>>>

const snake = (name: string) => name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`)

/** What only grows since the start is a counter; the names in `gauges` go up and down. A record is split by `label`. */
export function figuresOf(
  room: string,
  counts: Counts,
  gauges: readonly string[] = [],
  label = 'code',
): Figure[] {
  return Object.entries(counts).map(([name, count]) => {
    const isGauge = gauges.includes(name)
    const described = {
      name: `${room}_${snake(name)}${isGauge ? '' : '_total'}`,
      kind: isGauge ? ('gauge' as const) : ('counter' as const),
      help: `${name} of ${room}; see docs/operations.md`,
    }
    return typeof count === 'number' ? { ...described, value: count } : { ...described, label, values: count }
  })
}
