/**
 * Counts of a room as metrics: `readings` of the room `intake` is `gatehouse_intake_readings_total`, and what
 * counts milliseconds is told in seconds, as Prometheus has it. docs/operations.md says what each means.
 */
import type { Figure } from './services.ts'

type Counts = Readonly<Record<string, number | Readonly<Record<string, number>>>>

const snake = (name: string) => name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`)

/** Name and value in Prometheus' base units. */
const inBaseUnits = (name: string) =>
  name.endsWith('Ms') ? { base: `${name.slice(0, -2)}Seconds`, divisor: 1_000 } : { base: name, divisor: 1 }

function described(room: string, name: string, isGauge: boolean) {
  const { base, divisor } = inBaseUnits(name)
  const kind = isGauge ? ('gauge' as const) : ('counter' as const)
  const help = `${base} of ${room}; see docs/operations.md`
  return { divisor, named: { name: `${room}_${snake(base)}${isGauge ? '' : '_total'}`, kind, help } }
}

/** What only grows since the start is a counter; the names in `gauges` go up and down. A record is split by `label`. */
export function figuresOf(
  room: string,
  counts: Counts,
  gauges: readonly string[] = [],
  label = 'code',
): Figure[] {
  return Object.entries(counts).map(([name, count]) => {
    const { divisor, named } = described(room, name, gauges.includes(name))
    return typeof count === 'number'
      ? { ...named, value: count / divisor }
      : { ...named, label, values: count }
  })
}

/** The same counts of several of a kind: one metric each, split by its name. Nothing where there is none. */
export function figuresBySource(
  room: string,
  sources: readonly { readonly name: string; readonly counts: Readonly<Record<string, number>> }[],
  gauges: readonly string[] = [],
  label = 'source',
): Figure[] {
  return Object.keys(sources[0]?.counts ?? {}).map((name) => {
    const { divisor, named } = described(room, name, gauges.includes(name))
    const values = Object.fromEntries(
      sources.map((source) => [source.name, (source.counts[name] ?? 0) / divisor]),
    )
    return { ...named, label, values }
  })
}
